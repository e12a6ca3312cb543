"""A place being painted: its measures, its light and the layers laid so far, far to near."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

import numpy as np

from generation.engine.animatic.canvas import Pixels, paint
from generation.engine.animatic.scenery.brush import Brush
from generation.engine.animatic.scenery.light import Light
from generation.engine.storyboard import Weather


@dataclass(frozen=True, slots=True)
class Layer:
    """A painted plane. Positions are pixels at rest; ``parallax`` 0 is endlessly far, 1 is the subjects' plane.

    ``period`` 0 does not tile: it moves aside by ``room`` at most. ``drift`` is pixels a second; ``bob`` is (pixels, seconds, phase) up and down;
    ``sway`` is (degrees, seconds, phase) about the layer's top middle.
    """

    pixels_HWC: Pixels
    x: float
    y: float
    parallax: float
    room: float = 0.0
    period: int = 0
    drift: float = 0.0
    bob: tuple[float, float, float] = (0.0, 1.0, 0.0)
    sway: tuple[float, float, float] = (0.0, 1.0, 0.0)
    front: bool = False


@dataclass
class Place:
    """``width`` x ``height`` design units are in view; subjects' feet stand at ``ground``."""

    width: float
    height: float
    ground: float
    scale: float
    light: Light
    weather: Weather
    dice: random.Random
    disc: bool = True
    """Whether the sky has its sun or moon; not where somebody in the shot is one."""
    layers: list[Layer] = field(default_factory=list)

    @property
    def margin(self) -> float:
        """Units painted beyond the frame for the camera to move into."""
        return 0.13 * self.height

    @property
    def horizon(self) -> float:
        return self.ground - min(115.0, 0.17 * self.height)

    @property
    def lofty(self) -> float:
        """How much taller trees and peaks may be in an upright frame: 1 to 1.5."""
        return min(1.5, max(1.0, self.height / 640))

    @property
    def bottom(self) -> float:
        return self.height + self.margin

    def brush(self, stretch: float = 1.0) -> Brush:
        """A tiling layer, ``stretch`` times as long as the usual one."""
        return Brush((self.width + 420) * stretch, -self.margin, self.height + 2 * self.margin)

    def backdrop(self) -> Brush:
        """A layer that does not tile; its x = 0 is ``margin`` left of the frame."""
        return Brush(self.width + 2 * self.margin, -self.margin, self.height + 2 * self.margin, tiles=False)

    def lay(
        self,
        brush: Brush,
        parallax: float,
        *,
        drift: float = 0.0,
        bob: tuple[float, float, float] = (0.0, 1.0, 0.0),
        sway: tuple[float, float, float] = (0.0, 1.0, 0.0),
        front: bool = False,
        soften: float = 0.0,
    ) -> None:
        """Paint what the brush has collected. ``soften`` blurs it by so many units."""
        width, height = max(2, round(brush.width * self.scale)), max(2, round(brush.height * self.scale))
        pixels_HWC = paint(brush.svg(), width, height)
        rows = np.flatnonzero(pixels_HWC[..., 3].any(axis=1))
        if not rows.size:
            return
        reach = math.ceil(2.5 * soften * self.scale) if soften else 0
        first, last = max(0, int(rows[0]) - reach), min(height, int(rows[-1]) + 1 + reach)
        pixels_HWC = pixels_HWC[first:last]
        if soften:
            pixels_HWC = softened(pixels_HWC, soften * self.scale)
        left, right = 0, width
        if not brush.tiles:
            columns = np.flatnonzero(pixels_HWC[..., 3].any(axis=0))
            left, right = int(columns[0]), int(columns[-1]) + 1
        self.layers.append(
            Layer(
                pixels_HWC=np.ascontiguousarray(pixels_HWC[:, left:right]),
                x=0.0 if brush.tiles else left - self.margin * self.scale,
                y=brush.top * self.scale + first,
                room=self.margin * self.scale,
                parallax=parallax,
                period=width if brush.tiles else 0,
                drift=drift * self.scale,
                bob=(bob[0] * self.scale, bob[1], bob[2]),
                sway=sway,
                front=front,
            )
        )


def softened(pixels_HWC: Pixels, radius: float) -> Pixels:
    """Blur premultiplied pixels, wrapping around in x."""
    from PIL import Image, ImageFilter

    pad = min(pixels_HWC.shape[1], int(radius * 3) + 1)
    wide = np.concatenate([pixels_HWC[:, -pad:], pixels_HWC, pixels_HWC[:, :pad]], axis=1)
    image = Image.frombytes("RGBA", (wide.shape[1], wide.shape[0]), wide.tobytes())
    blurred = np.asarray(image.filter(ImageFilter.GaussianBlur(radius)))
    return np.ascontiguousarray(blurred[:, pad:-pad])
