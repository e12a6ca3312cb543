"""How each verb moves a body: closed-form poses with gravity, contact and weight.

A verb reads the frames of one deed and the distance travelled in them and gives a ``Pose``: offsets
from the body's resting place, squash and stretch, sounds at contacts, and puffs. It places nobody;
that is the stage's work. Gravity is ``GRAVITY`` units/s² (a tenth of a second per 11 units), a third
of it in space.
"""

from __future__ import annotations

from collections.abc import Callable

from generation.engine.animatic.stage import antics, travel
from generation.engine.animatic.stage.bodies import Pose
from generation.engine.animatic.stage.doing import Doing
from generation.engine.storyboard import Verb

GRAVITY = 2300.0

SPEEDS = {
    Verb.WALK: 105.0,
    Verb.RUN: 310.0,
    Verb.ROLL: 230.0,
    Verb.SWIM: 140.0,
    Verb.FLY: 230.0,
    Verb.DRIVE: 360.0,
    Verb.SURF: 240.0,
}
"""Units a second at pace 1 for a body of 200 units."""

VERBS: dict[Verb, Callable[[Doing], Pose]] = {
    Verb.STAND: antics.stand,
    Verb.SIT: antics.sit,
    Verb.SLEEP: antics.sleep,
    Verb.WALK: travel.walk,
    Verb.RUN: travel.run,
    Verb.JUMP: antics.jump,
    Verb.BOUNCE: antics.bounce,
    Verb.ROLL: travel.roll,
    Verb.FLOAT: travel.floating,
    Verb.SWIM: travel.swim,
    Verb.FLY: travel.fly,
    Verb.FALL: antics.fall,
    Verb.SPIN: antics.spin,
    Verb.DRIVE: travel.drive,
    Verb.DANCE: antics.dance,
    Verb.GROW: antics.grow,
    Verb.SHAKE: antics.shake,
    Verb.SURF: travel.surf,
    Verb.EXPLODE: antics.explode,
    Verb.CHEER: antics.cheer,
}
