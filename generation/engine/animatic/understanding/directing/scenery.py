"""Places, times, weather, camera, style, mood, and the manner of a movement."""

from __future__ import annotations

from generation.engine.animatic.understanding.directing.meanings import LOCATIVE, acts
from generation.engine.animatic.understanding.directing.nouns import Nouns
from generation.engine.animatic.understanding.lexicon import drawings
from generation.engine.animatic.understanding.reading import Mark
from generation.engine.animatic.understanding.vocabulary import Entry
from generation.engine.storyboard import (
    CameraMove,
    Direction,
    Framing,
    Mood,
    RelationKind,
    Setting,
    Style,
    TimeOfDay,
    Verb,
    Weather,
)

_WATER = frozenset(
    [
        "ocean",
        "sea",
        "water",
        "waves",
        "high seas",
        "ocean waves",
        "bay",
        "lagoon",
        "tide",
        "海",
        "大海",
        "海洋",
        "海面",
        "海上",
        "水面",
        "水上",
        "水",
        "海水",
        "浪",
        "湖",
        "湖面",
        "湖泊",
        "池塘",
        "河",
        "河流",
        "小河",
        "lake",
        "pond",
        "river",
        "stream",
    ]
)

_PLACES = {
    "snow-capped-mountain": Setting.MOUNTAINS,
    "mountain": Setting.MOUNTAINS,
    "water-wave": Setting.BEACH,
}
"""Drawings of what is a place, as long as nobody says that they do something."""

_NATURAL = {
    ("blue", "sky"), ("green", "meadow"), ("green", "forest"), ("white", "snowfield"), ("blue", "beach"),
    ("blue", "underwater"), ("gold", "beach"), ("yellow", "desert"), ("gold", "desert"), ("yellow", "beach"),
    ("black", "space"), ("white", "sky"),
}  # fmt: skip


class Scenery(Nouns):
    """Everything about a shot that is nobody's doing."""

    def _on_direction(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        direction = Direction(entry.value)
        doers = [actor for actor in self.actors if actor.actions]
        if doers and doers[0].actions[-1].direction is None:
            mounts = {
                r.object for r in self.shot.relations if r.kind in {RelationKind.RIDES, RelationKind.CHASES}
            }
            for doer in [
                *doers,
                *(subject for subject in self.shot.subjects if subject.id in mounts and subject.actions),
            ]:
                doer.actions[-1].direction = direction
        elif self.verbs or mark.chinese:
            self.direction = direction
        elif mark.text in {"up", "down", "left", "right", "away", "左", "右"} or not self.actors:
            if mark.text not in {"up", "down", "away"}:
                mark.not_shown()
            else:
                mark.entries = (Entry("function", "-"),)
            return
        else:
            self.direction = direction
        mark.shown(entry.exact, "" if entry.exact else direction.value)

    def _on_pace(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        pace = float(entry.value)
        near = not entry.exact or bool(mark.corrected)
        mark.shown(not near, ("fast" if pace > 1 else "slow") if near else "")
        doers = [actor for actor in self.actors if actor.actions]
        if doers and not (after is not None and after.category == "verb"):
            for doer in doers:
                doer.actions[-1].pace = pace
        elif after is not None and after.category in {"verb", "relate", "drawing"}:
            self.pace = pace
        else:
            self.shot.pace = pace

    def _on_setting(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        if self.relation is not None and self.relation[1].value in LOCATIVE | {"with"}:
            self.relation = None
        elif not self.at and self.open_noun:
            self.lost = True
        self.at = self.at and mark.chinese and self._goes_on(mark)
        for colour in self.colours:
            plain = (colour.entries[0].value, entry.value) in _NATURAL
            colour.shown(exact=True) if plain else colour.not_shown()
        for size in self.sizes:
            size.not_shown()
        self.colours, self.sizes = [], []
        if self.count is not None:
            if self.count[0] != 1:
                self.count[1].not_shown()
            self.count = None
        self.open_noun = False
        setting = Setting(entry.value)
        inherited = "setting" in self._inherited
        free = self.shot.setting is None or inherited or (entry.exact and not self.shot.setting_exact)
        if free:
            self.shot.setting, self.shot.setting_exact = setting, entry.exact
            self.shot.water = mark.text in _WATER or entry.word in _WATER
            self._inherited = self._inherited - {"setting"}
        if self.shot.setting is not setting:
            mark.not_shown()
        else:
            mark.shown(entry.exact, "" if entry.exact and not mark.corrected else setting.value)

    def _is_place(self, mark: Mark, after: Mark | None) -> bool:
        name = mark.entries[0].value
        return name in _PLACES and not acts(after) and mark.text not in drawings()[name].emoji

    def _as_place(self, mark: Mark, after: Mark | None) -> None:
        """A wave under a surfer is the sea; snowy mountains are where it happens."""
        drawing = mark.entries[0].value
        setting = _PLACES[drawing]
        if drawing == "water-wave" and self.relation is not None and self.relation[1].value == "rides":
            cause, _ = self.relation
            self.relation = None
            self._act(cause, Entry("verb", Verb.SURF.value), self._doers())
        self._on_setting(mark, Entry("setting", setting.value, word=mark.entries[0].word), after)
        if drawing == "snow-capped-mountain" and self.shot.setting is setting and self.shot.weather is None:
            self.shot.weather = Weather.SNOW

    def _goes_on(self, mark: Mark) -> bool:
        """Whether a Chinese place only says where the next thing is: "在公园里的长椅上"."""
        rest = [other for other in self.sentence if other.start >= mark.end][:2]
        return any(other.category == "attribute" for other in rest)

    def _once(
        self, mark: Mark, entry: Entry, field: str, value: TimeOfDay | Weather | CameraMove | Framing
    ) -> None:
        if getattr(self.shot, field) is None or field in self._inherited:
            setattr(self.shot, field, value)
            self._inherited = self._inherited - {field}
        if getattr(self.shot, field) is value:
            near = not entry.exact or bool(mark.corrected)
            mark.shown(not near, value.value.replace("_", " ") if near else "")
        else:
            mark.not_shown()

    def _on_time(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        self._once(mark, entry, "time", TimeOfDay(entry.value))

    def _on_weather(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        if self.relation is not None and self.relation[1].value in LOCATIVE:
            self.relation = None
        self._once(mark, entry, "weather", Weather(entry.value))

    def _on_camera(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        self._once(mark, entry, "move", CameraMove(entry.value))

    def _on_framing(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        self._once(mark, entry, "framing", Framing(entry.value))

    def _on_style(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        style = Style(entry.value)
        if self.style is None:
            self.style = style
        if self.style is style:
            near = not entry.exact or bool(mark.corrected)
            mark.shown(not near, style.value if near else "")
        else:
            mark.not_shown()

    def _on_mood(self, mark: Mark, entry: Entry, after: Mark | None) -> None:
        del after
        mood = Mood(entry.value)
        if self.mood is None:
            self.mood = mood
        if self.mood is mood:
            near = not entry.exact or bool(mark.corrected)
            mark.shown(not near, f"{mood.value} mood" if near else "")
        else:
            mark.not_shown()
