"""The engine: a prompt becomes a storyboard, a storyboard becomes frames and sound.

This package does not know Django, dramatiq, users, posts, money or permission. It gets values
and returns values, so it can be run from a shell, a test or a GPU node alike.
"""
