"""From marks to draft shots: who does what to whom, where, when, and in which shot.

One pass over the marks, left to right, with a small memory: who the sentence is about, what waits for
its noun (numbers, colours, a verb before its subject), and which relation waits for its second end.
English and Chinese share it; where they differ, a mark's ``chinese`` flag tells.
"""

from generation.engine.animatic.understanding.directing.director import Director
from generation.engine.animatic.understanding.directing.meanings import LOCATIVE
from generation.engine.animatic.understanding.directing.motion import posed

__all__ = ["LOCATIVE", "Director", "posed"]
