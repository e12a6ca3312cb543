"""Pixels cut and pasted: shards of a body, paper edges and their shadows, the corners of a frame."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from generation.engine.animatic.canvas import Pixels, paint
from generation.engine.animatic.scenery import Layer, Light


def shard(pixels_HWC: Pixels, piece: int) -> Pixels:
    """One of 4 x 4 parts of a body."""
    height, width = pixels_HWC.shape[:2]
    row, column = piece // 4, piece % 4
    part = pixels_HWC[
        height * row // 4 : height * (row + 1) // 4, width * column // 4 : width * (column + 1) // 4
    ]
    return np.ascontiguousarray(part) if part.size else np.zeros((1, 1, 4), np.uint8)


def _grown(alpha: Image.Image, radius: int) -> Image.Image:
    """Alpha widened by ``radius`` pixels, with a smooth outline."""
    blurred = alpha.filter(ImageFilter.GaussianBlur(radius * 0.62))
    return blurred.point([min(255, value * 5) for value in range(256)])


def with_border(pixels_HWC: Pixels, border: int) -> Pixels:
    """A cut-out: white paper round the ink, and the shadow it throws, inside ``border`` extra pixels."""
    height, width = pixels_HWC.shape[:2]
    wide = np.zeros((height + 2 * border, width + 2 * border, 4), np.uint8)
    wide[border:-border, border:-border] = pixels_HWC
    alpha = Image.fromarray(wide[..., 3])
    paper = np.asarray(_grown(alpha, max(1, border - 2))).astype(np.float32) / 255
    shadow = np.asarray(
        Image.fromarray((paper * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(border * 0.4))
    )
    drop = np.roll(shadow, (border // 2, border // 3), axis=(0, 1)).astype(np.float32) / 255 * 0.42
    ink = wide[..., 3:].astype(np.float32) / 255
    white = np.array([250, 247, 240], np.float32)
    body = white * paper[..., None] * (1 - ink) + wide[..., :3].astype(np.float32)
    cover = np.maximum(paper, ink[..., 0])
    out = np.concatenate([body, ((cover + drop * (1 - cover)) * 255)[..., None]], axis=2)
    cut_HWC: Pixels = np.clip(out, 0, 255).astype(np.uint8)
    return cut_HWC


def cut_out(layer: Layer, scale: float) -> Layer:
    """Give a scenery plane a paper edge and a soft shadow above it."""
    pixels = layer.pixels_HWC
    if not layer.period or layer.front or layer.parallax < 0.05:
        return layer
    rise = max(2, round(9 * scale))
    tall = np.zeros((pixels.shape[0] + rise, pixels.shape[1], 4), np.uint8)
    tall[rise:] = pixels
    alpha = tall[..., 3].astype(np.float32) / 255
    lifted = np.roll(tall[..., 3], -max(1, round(2.4 * scale)), axis=0).astype(np.float32) / 255
    shadow = (
        np.asarray(Image.fromarray(tall[..., 3]).filter(ImageFilter.BoxBlur(5 * scale))).astype(np.float32)
        / 255
        * 0.4
    )
    edge = np.clip(lifted - alpha, 0, 1)
    rgb = (
        tall[..., :3].astype(np.float32)
        + np.array([250, 246, 238], np.float32) * (edge * (1 - alpha))[..., None]
    )
    cover = np.clip(alpha + edge * (1 - alpha), 0, 1)
    out = np.concatenate([rgb, ((cover + shadow * (1 - cover)) * 255)[..., None]], axis=2)
    return Layer(
        np.clip(out, 0, 255).astype(np.uint8),
        layer.x,
        layer.y - rise,
        layer.parallax,
        layer.room,
        layer.period,
        layer.drift,
        layer.bob,
        layer.sway,
        layer.front,
    )


def vignette(width: int, height: int, light: Light) -> Pixels:
    """Slightly darker corners, and light falling from the side of the sun."""
    dark = "#04061a" if light.night else "#1a1038"
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" width="100" height="100"><defs>'
        f'<radialGradient id="v" gradientUnits="userSpaceOnUse" cx="50" cy="52" r="76"><stop offset="0.58" stop-color="{dark}" stop-opacity="0"/>'
        f'<stop offset="1" stop-color="{dark}" stop-opacity="0.4"/></radialGradient></defs>'
        '<rect width="100" height="100" fill="url(#v)"/></svg>'
    )
    return paint(svg, width, height)
