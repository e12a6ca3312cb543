"""A contact sheet of a prompt: ``python -m generation.engine.animatic.sheet "a cat runs" -o sheet.webp``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from PIL import Image

from generation.engine.animatic.renderer import Clip
from generation.engine.animatic.sprites import Sprites
from generation.engine.animatic.understanding import understand
from generation.engine.protocol import Request
from generation.engine.storyboard import Shape, Storyboard, Style

_SAVING: dict[str, dict[str, Any]] = {".webp": {"quality": 82, "method": 6}, ".jpg": {"quality": 84}}
"""How a sheet is kept, by the ending of its name."""


def contact_sheet(
    storyboard: Storyboard, sprites: Sprites, frames: int = 8, columns: int = 4, width: int = 240
) -> Image.Image:
    """``frames`` moments of a clip, evenly spread, in a grid; each ``width`` pixels wide."""
    clip = Clip(storyboard, sprites)
    try:
        height = round(width * storyboard.frame.height / storyboard.frame.width)
        rows = -(-frames // columns)
        sheet = Image.new("RGB", (columns * (width + 4) - 4, rows * (height + 4) - 4), (18, 18, 22))
        for number in range(frames):
            at = round((number + 0.5) * clip.frame_count / frames)
            picture = Image.fromarray(clip.frame(min(at, clip.frame_count - 1)))
            spot = (number % columns * (width + 4), number // columns * (height + 4))
            sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), spot)
        return sheet
    finally:
        clip.close()


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Draw a contact sheet of a prompt.")
    parser.add_argument("prompt")
    parser.add_argument("-o", "--output", type=Path, default=Path("sheet.png"))
    parser.add_argument("--shape", choices=[shape.value for shape in Shape], default=Shape.PORTRAIT.value)
    parser.add_argument("--style", choices=[style.value for style in Style])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--width", type=int, default=240, help="pixels of one frame in the sheet")
    parser.add_argument("--cache", type=Path, help="folder that keeps rasterised drawings")
    given = parser.parse_args(arguments)
    request = Request(
        prompt=given.prompt,
        shape=Shape(given.shape),
        seconds=given.seconds,
        style=Style(given.style) if given.style else None,
        seed=given.seed,
    )
    storyboard = understand(request)
    sheet = contact_sheet(storyboard, Sprites(given.cache), given.frames, given.columns, given.width)
    sheet.save(given.output, **_SAVING.get(given.output.suffix.lower(), {}))
    for note in storyboard.notes:
        sys.stdout.write(f"{note.outcome.value}: {note.phrase} {note.used}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
