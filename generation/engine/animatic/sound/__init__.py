"""The sound of an animatic: ``Soundtrack(storyboard, cues, seed)``, nothing recorded, all of it made."""

from generation.engine.animatic.sound.soundtrack import Soundtrack

__all__ = ["Soundtrack"]
