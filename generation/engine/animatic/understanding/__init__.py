"""Reading a prompt: words, English or Chinese, into a storyboard and notes on what was not understood."""

from generation.engine.animatic.understanding.understand import understand

__all__ = ["understand"]
