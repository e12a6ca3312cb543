"""From draft shots to the storyboard's shots: places nobody named, times, poses, and valid numbers.

Where a prompt is silent, the subject decides: fish swim under water, rockets fly in space, a piano
stands on a stage. What a prompt says is never overridden here.
"""

from __future__ import annotations

from generation.engine.animatic.understanding.directing import posed
from generation.engine.animatic.understanding.drafts import DraftAction, DraftShot, DraftSubject
from generation.engine.animatic.understanding.lexicon import NATURAL, Drawing, Kind, drawings
from generation.engine.storyboard import (
    Action,
    Camera,
    CameraMove,
    Framing,
    Line,
    Mood,
    Relation,
    RelationKind,
    Setting,
    Shot,
    Style,
    Subject,
    TimeOfDay,
    Verb,
    Weather,
)

_HOMES = {
    Setting.SPACE: "rocket astronaut woman-astronaut man-astronaut alien flying-saucer satellite ringed-planet comet"
    " milky-way globe-showing-europe-africa globe-showing-americas globe-showing-asia-australia alien-monster",
    Setting.SNOWFIELD: "snowman snowman-without-snow penguin polar-bear skier snowboarder sled seal ice santa-claus mrs-claus"
    " skis ice-skate mammoth snowflake christmas-tree",
    Setting.DESERT: "camel two-hump-camel cactus scorpion lizard",
    Setting.STAGE: "woman-dancing man-dancing singer woman-singer microphone studio-microphone guitar musical-keyboard violin"
    " drum trumpet saxophone banjo accordion flute maracas long-drum mirror-ball man-juggling performing-arts ballet-shoes"
    " clown-face person-cartwheeling",
    Setting.FOREST: "bear wolf fox deer moose boar owl monkey orangutan gorilla sloth mushroom woman-fairy man-elf woman-elf"
    " tiger leopard parrot hedgehog raccoon chipmunk badger troll panda koala brown-mushroom beaver",
    Setting.MOUNTAINS: "goat eagle dragon person-climbing ram llama mountain mount-fuji snow-capped-mountain volcano phoenix-bird"
    " castle mountain-cableway aerial-tramway",
    Setting.SKY: "airplane small-airplane helicopter parachute kite cloud rainbow",
    Setting.BEACH: "person-surfing man-surfing woman-surfing crab palm-tree umbrella-on-ground beach-with-umbrella seagull"
    " desert-island water-wave bikini spiral-shell person-swimming man-swimming woman-swimming volleyball",
    Setting.CITY: "office-building office-worker police-officer tokyo-tower statue-of-liberty bus-stop train tram metro"
    " superhero man-superhero woman-superhero robot traffic construction-worker skateboard fireworks stadium hotel bank",
    Setting.MEADOW: "locomotive bullet-train high-speed-train tractor",
    Setting.UNDERWATER: "woman-merpeople man-merpeople coral",
}  # fmt: skip
_HOME_OF = {name: setting for setting, names in _HOMES.items() for name in names.split()}
_HOMELESS = frozenset({"balloon", "bubbles"})
_KIND_HOME = {
    Kind.FISH: Setting.UNDERWATER,
    Kind.BOAT: Setting.BEACH,
    Kind.AIRCRAFT: Setting.SKY,
    Kind.VEHICLE: Setting.CITY,
    Kind.FOOD: Setting.ROOM,
    Kind.BUILDING: Setting.CITY,
}
_NIGHTLY = frozenset(
    {
        "full-moon",
        "crescent-moon",
        "new-moon",
        "star",
        "glowing-star",
        "shooting-star",
        "fireworks",
        "milky-way",
    }
)
_CALLINGS = {
    **dict.fromkeys(("person-running", "man-running", "woman-running", "horse-racing", "skier"), Verb.RUN),
    **dict.fromkeys(("person-walking", "man-walking", "woman-walking"), Verb.WALK),
    **dict.fromkeys(("person-surfing", "man-surfing", "woman-surfing"), Verb.SURF),
    **dict.fromkeys(("person-swimming", "man-swimming", "woman-swimming"), Verb.SWIM),
    **dict.fromkeys(("man-dancing", "woman-dancing"), Verb.DANCE),
    **dict.fromkeys(("person-biking", "man-biking", "woman-biking", "person-mountain-biking"), Verb.DRIVE),
    "snowboarder": Verb.ROLL,
    "person-rowing-boat": Verb.FLOAT,
    "person-in-bed": Verb.SLEEP,
}
"""A surfer surfs, a sleeper sleeps: drawings that only make sense in motion."""
_OUTDOOR_WEATHER = frozenset({Weather.RAIN, Weather.STORM, Weather.FOG, Weather.WIND, Weather.CLOUDY})
_GOES_ON = frozenset({Verb.SURF, Verb.SWIM, Verb.FLY, Verb.FLOAT, Verb.DANCE, Verb.SLEEP, Verb.SIT})
"""What somebody still does in the next shot of one place when that shot only lets them speak."""
_AT_REST = frozenset({Verb.STAND, Verb.SIT, Verb.SLEEP})
_LETTERS_PER_SECOND = {"en": 13.0, "zh": 4.2}
MOST_PER_SHOT = 1.5
"""A shot gets at least so many seconds, as long as the clip has them."""


def most_shots(seconds: float) -> int:
    """How many shots a clip of so many seconds can have."""
    return max(1, min(20, int(seconds / MOST_PER_SHOT + 1e-6)))


def _home(subject: DraftSubject) -> Setting | None:
    drawing = drawings().get(subject.drawing)
    if drawing is None:
        return None
    verbs = {action.verb for action in subject.actions}
    if subject.drawing in _HOMELESS:
        return None
    if subject.drawing in _HOME_OF:
        return _HOME_OF[subject.drawing]
    if Verb.SURF in verbs or (Verb.SWIM in verbs and drawing.kind is not Kind.FISH):
        return Setting.BEACH
    if drawing.kind is Kind.FOOD and verbs - _AT_REST:
        return None
    if drawing.kind is Kind.OBJECT and not (verbs - _AT_REST):
        return Setting.ROOM
    return _KIND_HOME.get(drawing.kind)


def _setting(shot: DraftShot) -> Setting:
    kinds = {drawing.kind for subject in shot.subjects if (drawing := drawings().get(subject.drawing))}
    if shot.setting is not None:
        surfs = any(action.verb is Verb.SURF for subject in shot.subjects for action in subject.actions)
        if shot.water and _all_swim(shot) and Kind.FISH in kinds and Kind.BOAT not in kinds and not surfs:
            return Setting.UNDERWATER
        if shot.water and Kind.BOAT in kinds:
            return Setting.BEACH
        return shot.setting
    if shot.weather is Weather.SNOW:
        return Setting.SNOWFIELD
    for subject in shot.subjects:
        if any(action.verb is Verb.SURF for action in subject.actions):
            return Setting.BEACH
    homes = [home for subject in shot.subjects if (home := _home(subject)) is not None]
    homes.sort(key=lambda home: home is Setting.SKY)
    if Setting.BEACH in homes and Setting.UNDERWATER in homes:
        return Setting.BEACH
    home = homes[0] if homes else Setting.MEADOW
    if home is Setting.ROOM and (
        shot.weather in _OUTDOOR_WEATHER or any(map(_too_big_for_a_room, shot.subjects))
    ):
        return Setting.CITY if kinds == {Kind.PERSON, Kind.OBJECT} else Setting.MEADOW
    if home is Setting.SKY and any(map(_earthbound, shot.subjects)):
        return Setting.MEADOW
    return home


def _all_swim(shot: DraftShot) -> bool:
    found = [drawings().get(subject.drawing) for subject in shot.subjects]
    return all(drawing.swims for drawing in found if drawing is not None and drawing.alive)


def _too_big_for_a_room(subject: DraftSubject) -> bool:
    return NATURAL.get(subject.drawing, 1.0) >= 1.2


def _earthbound(subject: DraftSubject) -> bool:
    drawing = drawings().get(subject.drawing)
    aloft = any(action.verb in {Verb.FLY, Verb.FLOAT, Verb.FALL} for action in subject.actions)
    return drawing is not None and drawing.alive and not drawing.flies and not aloft


def _natural_action(drawing: Drawing | None, setting: Setting) -> Verb:
    """What a thing does when the prompt gives it nothing to do."""
    if drawing is None:
        return Verb.STAND
    if drawing.id in _CALLINGS:
        return _CALLINGS[drawing.id]
    if drawing.kind is Kind.FISH and drawing.swims:
        return Verb.SWIM if setting is not Setting.ROOM else Verb.STAND
    if drawing.kind is Kind.BOAT or drawing.id in {
        "balloon",
        "bubbles",
        "flying-saucer",
        "satellite",
        "ghost",
        "kite",
    }:
        return Verb.FLOAT
    if drawing.kind is Kind.AIRCRAFT or (drawing.flies and drawing.kind is Kind.INSECT):
        return Verb.FLY
    if drawing.flies and drawing.kind is Kind.BIRD and setting is Setting.SKY:
        return Verb.FLY
    if drawing.kind is Kind.VEHICLE and drawing.rolls and drawing.voice:
        return Verb.DRIVE
    if setting is Setting.SPACE and drawing.kind in {Kind.PERSON, Kind.CREATURE, Kind.ANIMAL, Kind.OBJECT}:
        return Verb.FLOAT
    if setting is Setting.UNDERWATER and drawing.alive:
        return Verb.SWIM
    return Verb.STAND


def _actions(drafts: list[DraftAction], shot: DraftShot, seconds: float) -> tuple[Action, ...]:
    """One after another in equal parts, except those said to happen together."""
    groups: list[list[DraftAction]] = []
    for draft in drafts:
        if draft.together and groups:
            groups[-1].append(draft)
        else:
            groups.append([draft])
    length = seconds / len(groups)
    return tuple(
        Action(
            verb=draft.verb,
            start=round(index * length, 3),
            end=None if index + 1 == len(groups) else round((index + 1) * length, 3),
            direction=draft.direction,
            pace=_pace(draft.pace, shot),
        )
        for index, group in enumerate(groups)
        for draft in group
    )


def _pace(pace: float, shot: DraftShot) -> float:
    chosen = shot.pace if pace == 1.0 and shot.pace is not None else pace
    return min(3.0, max(0.25, chosen))


def _subject(
    draft: DraftSubject, shot: DraftShot, setting: Setting, seconds: float, still: Verb | None
) -> Subject:
    drawing = drawings().get(draft.drawing)
    drafts = draft.actions or [DraftAction(still or _natural_action(drawing, setting))]
    picture = draft.drawing if draft.character else posed(draft.drawing, drafts[0].verb)
    return Subject(
        id=draft.id,
        noun=draft.noun,
        drawing=picture,
        count=draft.count,
        colour=draft.colour,
        size=draft.size,
        actions=_actions(drafts[:8], shot, seconds),
        character=draft.character,
    )


def _lines(shot: DraftShot, seconds: float) -> tuple[Line, ...]:
    lines: list[Line] = []
    # A second of picture first, where there is room: it can be watched while the voice is still being made.
    spoken = sum(len(draft.text) / _LETTERS_PER_SECOND[draft.language] + 0.4 for draft in shot.lines[:8])
    start = min(1.0, max(min(0.5, seconds / 8), seconds - spoken - 0.4))
    for draft in shot.lines[:8]:
        lines.append(
            Line(
                text=draft.text,
                speaker=draft.speaker,
                language=draft.language,
                start=round(min(start, max(0.0, seconds - 0.5)), 3),
            )
        )
        start += len(draft.text) / _LETTERS_PER_SECOND[draft.language] + 0.4
    return tuple(lines)


def _weights(shots: list[DraftShot]) -> list[float]:
    weights = []
    for shot in shots:
        spoken = sum(len(line.text) / _LETTERS_PER_SECOND[line.language] + 0.6 for line in shot.lines)
        most = max((len(subject.actions) for subject in shot.subjects), default=1)
        weights.append(max(2.0, spoken, 1.2 * most))
    return weights


def lengths(weights: list[float], frames: int, fps: int) -> list[int]:
    """Divide ``frames`` by weight; every part gets a second or more, and the sum is exact."""
    parts = [fps] * len(weights)
    spare = frames - fps * len(weights)
    total = sum(weights)
    shares = [int(spare * weight / total) for weight in weights]
    shares[-1] += spare - sum(shares)
    return [part + share for part, share in zip(parts, shares, strict=True)]


def stage(shots: list[DraftShot], seconds: float, fps: int) -> tuple[Shot, ...]:
    """The storyboard's shots: together exactly ``seconds`` long, to the frame."""
    kept = [shot for shot in shots if not shot.empty] or shots[:1]
    frames = lengths(_weights(kept), round(seconds * fps), fps)
    staged: list[Shot] = []
    for draft, count in zip(kept, frames, strict=True):
        staged.append(_shot(draft, count / fps, staged[-1] if staged else None))
    return tuple(staged)


def _shot(draft: DraftShot, seconds: float, before: Shot | None) -> Shot:
    setting = _setting(draft)
    if draft.setting is None and before is not None and not any(_home(subject) for subject in draft.subjects):
        setting = before.setting
    if (
        draft.setting is None
        and before is not None
        and {s.id for s in before.subjects} & {s.id for s in draft.subjects}
    ):
        setting = before.setting
    going_on = _going_on(before) if before is not None and before.setting is setting else {}
    subjects = tuple(
        _subject(subject, draft, setting, seconds, going_on.get(subject.id)) for subject in draft.subjects[:8]
    )
    ids = {subject.id for subject in subjects}
    nightly = any(subject.drawing in _NIGHTLY for subject in subjects)
    return Shot(
        seconds=seconds,
        setting=setting,
        time=draft.time or (before.time if before else TimeOfDay.NIGHT if nightly else TimeOfDay.DAY),
        weather=draft.weather or (before.weather if before and before.setting is setting else Weather.CLEAR),
        camera=Camera(
            move=draft.move or CameraMove.STILL, framing=draft.framing or _framing(draft, setting, before)
        ),
        subjects=subjects,
        relations=tuple(
            Relation(kind=relation.kind, subject=relation.subject, object=relation.object)
            for relation in draft.relations
            if relation.subject in ids and relation.object in ids
        ),
        lines=_lines(draft, seconds),
        transition=draft.transition,
    )


def _going_on(before: Shot) -> dict[str, Verb]:
    """What everybody of a shot did last, if it is something that one goes on doing."""
    last = {subject.id: subject.actions[-1].verb for subject in before.subjects}
    return {ident: verb for ident, verb in last.items() if verb in _GOES_ON}


def _framing(draft: DraftShot, setting: Setting, before: Shot | None) -> Framing:
    """A cut within one place changes the framing, or it would look like a stumble; who only speaks is seen close."""
    idle = not draft.relations and not any(subject.actions for subject in draft.subjects)
    if before is not None and idle and any(line.speaker for line in draft.lines):
        return Framing.CLOSE_UP
    if before is not None and before.setting is setting and before.camera.framing is Framing.MEDIUM:
        return Framing.WIDE
    return Framing.MEDIUM


def mood_of(shots: tuple[Shot, ...]) -> Mood:
    """The mood of a clip whose prompt names none."""
    verbs = {action.verb for shot in shots for subject in shot.subjects for action in subject.actions}
    kinds = {relation.kind for shot in shots for relation in shot.relations}
    if (
        Verb.EXPLODE in verbs
        or RelationKind.CHASES in kinds
        or any(shot.weather is Weather.STORM for shot in shots)
    ):
        return Mood.TENSE
    if Verb.SLEEP in verbs or all(shot.time is TimeOfDay.NIGHT for shot in shots):
        return Mood.CALM
    if any(shot.setting is Setting.SPACE for shot in shots):
        return Mood.EPIC
    return Mood.HAPPY


def style_of(said: Style | None, asked: Style | None) -> Style:
    """The style of a clip: asked for beside the prompt, else said in it, else flat."""
    return asked or said or Style.FLAT
