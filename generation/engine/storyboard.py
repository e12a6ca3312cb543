"""The Storyboard: what a clip shows, shot by shot, before a single frame is drawn.

A storyboard is plain data: immutable, validated, versioned, and the same through JSON and back.
Everything that an engine draws is in it, and so is everything it could *not* read from the
prompt (``notes``). It knows nothing of pixels, fonts or files.

Times are seconds from the start of the shot; angles are degrees; directions are as the viewer
sees them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

VERSION: Final = 1
FPS = 24
MIN_SECONDS = 3.0
MAX_SECONDS = 30.0


class Shape(StrEnum):
    PORTRAIT = "9:16"
    LANDSCAPE = "16:9"
    SQUARE = "1:1"


class Setting(StrEnum):
    MEADOW = "meadow"
    BEACH = "beach"
    FOREST = "forest"
    CITY = "city"
    MOUNTAINS = "mountains"
    DESERT = "desert"
    SNOWFIELD = "snowfield"
    UNDERWATER = "underwater"
    SPACE = "space"
    ROOM = "room"
    SKY = "sky"
    STAGE = "stage"


class TimeOfDay(StrEnum):
    DAWN = "dawn"
    DAY = "day"
    SUNSET = "sunset"
    NIGHT = "night"


class Weather(StrEnum):
    CLEAR = "clear"
    CLOUDY = "cloudy"
    RAIN = "rain"
    SNOW = "snow"
    FOG = "fog"
    STORM = "storm"
    WIND = "wind"


class Verb(StrEnum):
    """What a subject does. Each has its own physics in the renderer and its own sounds."""

    STAND = "stand"
    SIT = "sit"
    SLEEP = "sleep"
    WALK = "walk"
    RUN = "run"
    JUMP = "jump"
    BOUNCE = "bounce"
    ROLL = "roll"
    FLOAT = "float"
    SWIM = "swim"
    FLY = "fly"
    FALL = "fall"
    SPIN = "spin"
    DRIVE = "drive"
    DANCE = "dance"
    GROW = "grow"
    SHAKE = "shake"
    SURF = "surf"
    EXPLODE = "explode"
    CHEER = "cheer"


class Direction(StrEnum):
    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"
    TOWARDS = "towards"
    AWAY = "away"


class RelationKind(StrEnum):
    NEXT_TO = "next_to"
    ON = "on"
    UNDER = "under"
    BEHIND = "behind"
    IN_FRONT_OF = "in_front_of"
    INSIDE = "inside"
    HOLDING = "holding"
    CHASES = "chases"
    FOLLOWS = "follows"
    JUMPS_OVER = "jumps_over"
    COLLIDES_WITH = "collides_with"
    CIRCLES = "circles"
    RIDES = "rides"


class CameraMove(StrEnum):
    STILL = "still"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    TILT_UP = "tilt_up"
    TILT_DOWN = "tilt_down"
    ZOOM_IN = "zoom_in"
    ZOOM_OUT = "zoom_out"
    ORBIT = "orbit"
    TRACK = "track"
    HANDHELD = "handheld"


class Framing(StrEnum):
    WIDE = "wide"
    MEDIUM = "medium"
    CLOSE_UP = "close_up"


class Transition(StrEnum):
    CUT = "cut"
    FADE = "fade"


class Style(StrEnum):
    FLAT = "flat"
    WATERCOLOUR = "watercolour"
    PIXEL = "pixel"
    NOIR = "noir"
    NEON = "neon"
    PENCIL = "pencil"
    PAPER = "paper"
    FILM = "film"


class Mood(StrEnum):
    CALM = "calm"
    HAPPY = "happy"
    SAD = "sad"
    TENSE = "tense"
    EPIC = "epic"
    FUNNY = "funny"


class Colour(StrEnum):
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    PURPLE = "purple"
    PINK = "pink"
    BROWN = "brown"
    BLACK = "black"
    WHITE = "white"
    GREY = "grey"
    GOLD = "gold"


class Size(StrEnum):
    TINY = "tiny"
    SMALL = "small"
    NORMAL = "normal"
    BIG = "big"
    HUGE = "huge"


class Outcome(StrEnum):
    """What became of a phrase of the prompt."""

    SHOWN = "shown"
    APPROXIMATED = "approximated"
    NOT_SHOWN = "not_shown"


Ident = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class Part(BaseModel):
    """Base of every part: immutable, and no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Frame(Part):
    """Picture geometry. Width and height are even (4:2:0 chroma needs it)."""

    width: int = Field(ge=16, le=2160, multiple_of=2)
    height: int = Field(ge=16, le=2160, multiple_of=2)
    fps: int = Field(default=FPS, ge=1, le=60)


class Action(Part):
    """One thing that a subject does from ``start`` to ``end`` (``None``: until the shot ends)."""

    verb: Verb
    start: float = Field(default=0.0, ge=0)
    end: float | None = Field(default=None, gt=0)
    direction: Direction | None = None
    pace: float = Field(default=1.0, ge=0.25, le=3.0)


class Subject(Part):
    """Somebody or something in a shot.

    ``noun`` is the creator's own word; ``drawing`` names the picture that stands for it in the
    engine's vector set; ``character`` is the @handle of a licensed character, if it is one.
    """

    id: Ident
    noun: Phrase
    drawing: Ident
    count: int = Field(default=1, ge=1, le=12)
    colour: Colour | None = None
    size: Size = Size.NORMAL
    actions: tuple[Action, ...] = Field(default=(Action(verb=Verb.STAND),), min_length=1, max_length=8)
    character: Ident | None = None


class Relation(Part):
    """``subject`` stands in this relation to ``object`` (both are subject ids of the same shot)."""

    kind: RelationKind
    subject: Ident
    object: Ident


class Line(Part):
    """Spoken words. ``speaker`` is a subject id, or ``None`` for a narrator."""

    text: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    speaker: Ident | None = None
    language: Language = "en"
    start: float = Field(default=0.5, ge=0)


class Camera(Part):
    move: CameraMove = CameraMove.STILL
    framing: Framing = Framing.MEDIUM


class Shot(Part):
    seconds: float = Field(gt=0, le=MAX_SECONDS)
    setting: Setting
    time: TimeOfDay = TimeOfDay.DAY
    weather: Weather = Weather.CLEAR
    camera: Camera = Camera()
    subjects: tuple[Subject, ...] = Field(default=(), max_length=8)
    relations: tuple[Relation, ...] = Field(default=(), max_length=16)
    lines: tuple[Line, ...] = Field(default=(), max_length=8)
    transition: Transition = Transition.CUT

    @model_validator(mode="after")
    def _refer_only_to_subjects_of_this_shot(self) -> Self:
        ids = [subject.id for subject in self.subjects]
        if len(ids) != len(set(ids)):
            raise ValueError("two subjects of one shot share an id")
        for relation in self.relations:
            for end in (relation.subject, relation.object):
                if end not in ids:
                    raise ValueError(f"a relation names {end!r}, who is not in the shot")
            if relation.subject == relation.object:
                raise ValueError(f"{relation.subject!r} cannot stand in a relation to itself")
        for line in self.lines:
            if line.speaker is not None and line.speaker not in ids:
                raise ValueError(f"a line is spoken by {line.speaker!r}, who is not in the shot")
        return self


class Note(Part):
    """What became of one phrase of the prompt.

    ``start`` and ``end`` are character offsets into the prompt; ``used`` names what is shown in
    the phrase's place (a drawing, a setting, a verb), empty when nothing is.
    """

    phrase: Phrase
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    outcome: Outcome
    used: Annotated[str, StringConstraints(max_length=200)] = ""

    @model_validator(mode="after")
    def _span_runs_forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError("a note's span must not be empty")
        return self


class Storyboard(Part):
    version: Literal[1] = 1
    prompt: Annotated[str, StringConstraints(max_length=4000)]
    language: Language = "en"
    frame: Frame
    seed: int = Field(default=0, ge=0, lt=2**63)
    style: Style = Style.FLAT
    mood: Mood = Mood.HAPPY
    shots: tuple[Shot, ...] = Field(min_length=1, max_length=20)
    notes: tuple[Note, ...] = Field(default=(), max_length=200)

    @model_validator(mode="after")
    def _length_is_allowed(self) -> Self:
        if not MIN_SECONDS - 1e-6 <= self.seconds <= MAX_SECONDS + 1e-6:
            raise ValueError(f"a clip lasts {MIN_SECONDS:g} to {MAX_SECONDS:g} s, not {self.seconds:g} s")
        return self

    @property
    def seconds(self) -> float:
        """Length of the clip in seconds."""
        return sum(shot.seconds for shot in self.shots)

    @property
    def frame_count(self) -> int:
        return round(self.seconds * self.frame.fps)


def frame_of(shape: Shape, short_side: int = 540, fps: int = FPS) -> Frame:
    """Frame geometry for a shape: 540 -> 540x960 (9:16), 960x540 (16:9), 540x540 (1:1)."""
    long_side = round(short_side * 16 / 9 / 2) * 2
    match shape:
        case Shape.PORTRAIT:
            return Frame(width=short_side, height=long_side, fps=fps)
        case Shape.LANDSCAPE:
            return Frame(width=long_side, height=short_side, fps=fps)
        case Shape.SQUARE:
            return Frame(width=short_side, height=short_side, fps=fps)
