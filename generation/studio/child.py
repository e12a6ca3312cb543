"""The process that draws: ``python -m generation.studio.child DESCRIPTOR ENGINE CACHE``.

It loads the engine before it is asked for anything, takes one order after another from its pipe, and ends when the
pipe does. It knows no Django, no database and no storage; what it makes lies in the folder that the order names.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import errno
import importlib
import os
import queue
import signal
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path

from generation.engine import registry, still
from generation.engine.mux import ClipWriter, MuxError, webvtt
from generation.engine.protocol import CannotRender, Chunk, Engine, Request
from generation.studio.messages import Broken, Drawn, Made, Order, Planned, Ready, Stop, Stopped

_PR_SET_PDEATHSIG = 1
_NICE = 5
_WARM_UP = "A ball rolls over a meadow."


def load(spec: str, cache: Path) -> Engine:
    """An engine by its name in the registry, or by ``module:Class``; ``cache`` is a folder that it may keep things in."""
    module, colon, name = spec.partition(":")
    if not colon:
        return registry.engines(cache)[spec]
    engine = getattr(importlib.import_module(module), name)()
    if not isinstance(engine, Engine):
        raise TypeError(f"{spec} is not an engine")
    return engine


def warm_in_background(engine: Engine) -> threading.Thread | None:
    """Let an engine that has a ``warm()`` load what only some clips need; ``None`` where it has none.

    What goes wrong there is told by the clip that needs it.
    """
    warm = getattr(engine, "warm", None)
    if warm is None:
        return None

    def quietly() -> None:
        with contextlib.suppress(Exception):
            warm()

    thread = threading.Thread(target=quietly, name="warm", daemon=True)
    thread.start()
    return thread


class Draughtsman:
    """Takes orders from the pipe until it closes."""

    def __init__(self, pipe: Connection, cache: Path) -> None:
        self._pipe = pipe
        self._cache = cache
        self._engines: dict[str, Engine] = {}
        self._orders: queue.SimpleQueue[Order] = queue.SimpleQueue()
        self._stop = threading.Event()

    def work(self, first_engine: str) -> None:
        # An engine that cannot be loaded is told with the first order that needs it.
        with contextlib.suppress(Exception):
            self._warm_up(self._engine(first_engine))
        threading.Thread(target=self._listen, name="orders", daemon=True).start()
        self._pipe.send(Ready())
        with contextlib.suppress(Exception):
            warm_in_background(self._engine(first_engine))
        while True:
            order = self._orders.get()
            self._pipe.send(self._answer(order))

    def _warm_up(self, engine: Engine) -> None:
        """Draw and encode one small chunk, so that whatever is loaded or started late is so before the first order."""
        can = engine.capabilities
        board = engine.storyboard(
            Request(_WARM_UP, shape=can.shapes[0], seconds=can.min_seconds, short_side=min(can.short_sides))
        )
        chunks = engine.render(board, {})
        with ClipWriter(board.frame) as writer:
            writer.write(next(chunks))
        getattr(chunks, "close", lambda: None)()

    def _listen(self) -> None:
        """Hear orders and stops while drawing goes on; the end of the pipe is the end of this process."""
        try:
            while True:
                match self._pipe.recv():
                    case Stop():
                        self._stop.set()
                    case Order() as order:
                        self._stop.clear()
                        self._orders.put(order)
        except (EOFError, OSError):
            os._exit(0)

    def _engine(self, spec: str) -> Engine:
        if spec not in self._engines:
            self._engines[spec] = load(spec, self._cache)
        return self._engines[spec]

    def _answer(self, order: Order) -> Made | Broken | Stopped:
        try:
            return self._make(order)
        except CannotRender as error:
            return Broken("cannot_render", str(error))
        except (ImportError, AttributeError, TypeError, LookupError) as error:
            known = order.engine in self._engines
            return Broken("engine_broke" if known else "unknown_engine", f"{type(error).__name__}: {error}")
        except MemoryError:
            return Broken("out_of_memory", "MemoryError")
        except Exception as error:  # noqa: BLE001 - an engine may raise anything; the owner gets a sentence, the log the rest
            return Broken(
                "disk_full" if _no_room(error) else "engine_broke", f"{type(error).__name__}: {error}"
            )

    def _make(self, order: Order) -> Made | Stopped:
        engine = self._engine(order.engine)
        board = engine.storyboard(order.request)
        self._pipe.send(Planned(board.model_dump(mode="json"), board.seconds))
        references = {reference.handle: reference for reference in order.request.references}
        poster: Chunk | None = None
        with ClipWriter(board.frame) as writer:
            chunks = engine.render(board, references)
            try:
                drawn = sent = 0
                for chunk in chunks:
                    if self._stop.is_set():
                        return Stopped()
                    drawn += len(chunk.frames_THWC)
                    # The poster comes from about the first third, where the scene has begun to move.
                    if poster is None or drawn <= board.frame_count // 3:
                        poster = chunk
                    fragments = tuple(fragment.data for fragment in writer.write(chunk))
                    self._send_drawn(writer, drawn / board.frame_count, sent, fragments)
                    sent += len(fragments)
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()
            if poster is None:
                raise CannotRender("the engine drew no frame")
            last = tuple(fragment.data for fragment in writer.end())
            self._send_drawn(writer, 1.0, sent, last)
            clip = order.folder / "clip.mp4"
            writer.finish(clip)
            picture = order.folder / "poster.jpg"
            frame_HWC = poster.frames_THWC[-1]
            picture.write_bytes(still.poster(frame_HWC))
            captions = None
            if writer.captions:
                captions = order.folder / "captions.vtt"
                captions.write_text(webvtt(writer.captions), "utf-8")
            return Made(
                clip=clip,
                poster=picture,
                captions=captions,
                thumbhash=base64.b64encode(still.thumbhash(frame_HWC)).decode(),
                width=board.frame.width,
                height=board.frame.height,
                seconds=drawn / board.frame.fps,
            )

    def _send_drawn(
        self, writer: ClipWriter, progress: float, first: int, fragments: tuple[bytes, ...]
    ) -> None:
        news = first == 0 and bool(fragments)
        self._pipe.send(
            Drawn(
                progress=min(1.0, progress),
                first=first,
                fragments=fragments,
                init=writer.init if news else b"",
                mime=writer.mime,
            )
        )


def _no_room(error: BaseException | None) -> bool:
    """Whether an error, or one that it came from, says that a disk is full."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            return True
        if isinstance(error, MuxError) and os.strerror(errno.ENOSPC) in str(error):
            return True
        error = error.__cause__
    return False


def main() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(_NICE)
    descriptor, engine, cache = sys.argv[1:]
    os.environ.setdefault("SPEECH_CACHE", str(Path(cache) / "speech"))
    pipe = Connection(int(descriptor))
    with contextlib.suppress(BrokenPipeError):
        Draughtsman(pipe, Path(cache)).work(engine)


if __name__ == "__main__":
    main()
