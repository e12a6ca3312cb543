"""Where clips are made: a child process that draws, and the worker's thread that looks after it.

``messages`` is what the two say to each other, ``child`` the process that draws (it knows no Django), ``room``
the handle on such a process (warm, killable, replaced when it grows), ``producer`` one job from the claim to the file.
Drawing holds the interpreter lock and may crash; the lease and the cancel button must not wait for that.
"""
