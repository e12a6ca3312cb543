"""Rights holders choose from the colours that the engine can paint, and licensing may not import the engine."""

from generation.engine.storyboard import Colour
from licensing import rules


def test_the_register_knows_exactly_the_colours_of_the_engine():
    assert frozenset(Colour) == rules.COLOURS
