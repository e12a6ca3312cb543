"""Eight finishes for a drawn frame. ``paper`` also changes how bodies are cut out, see the renderer.

A finish remembers nothing between frames: grain, weave and boiling lines depend on the frame's index
alone. Only Pillow and numpy are used; measured at 540x960 each takes 0-25 ms.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops, ImageEnhance, ImageFilter

from generation.engine.animatic.canvas import Pixels
from generation.engine.storyboard import Style

Finisher = Callable[[Image.Image, int], Image.Image]


class Finish:
    """A style made ready for one frame size. ``apply`` takes and gives RGB frames ``(H, W, 3)``."""

    def __init__(self, style: Style, width: int, height: int, seed: int) -> None:
        self.style, self.width, self.height = style, width, height
        self._noise = np.random.default_rng([seed & 0xFFFFFFFF, 77])
        self._scale = min(width, height) / 540
        makers: dict[Style, Callable[[], Finisher]] = {
            Style.FLAT: lambda: _as_is,
            Style.WATERCOLOUR: self._watercolour,
            Style.PIXEL: self._pixel,
            Style.NOIR: self._noir,
            Style.NEON: self._neon,
            Style.PENCIL: self._pencil,
            Style.PAPER: self._paper,
            Style.FILM: self._film,
        }
        self._finish = makers[style]()

    def apply(self, frame_HWC: Pixels, index: int) -> Pixels:
        """Finish frame number ``index`` of the clip."""
        if self.style is Style.FLAT:
            return frame_HWC
        image = Image.frombuffer(
            "RGB", (self.width, self.height), np.ascontiguousarray(frame_HWC), "raw", "RGB", 0, 1
        )
        return np.asarray(self._finish(image, index))

    # Textures --------------------------------------------------------------------------------

    def _grain(self, strength: float, soft: float = 0.0, mode: str = "RGB") -> Image.Image:
        """Grey noise around 128, larger than the frame so that it can be shifted."""
        shape = (self.height + 64, self.width + 64)
        noise = self._noise.normal(0, strength, shape)
        image = Image.fromarray(np.clip(noise + 128, 0, 255).astype(np.uint8))
        if soft:
            image = image.filter(ImageFilter.GaussianBlur(soft))
            values = np.asarray(image).astype(np.float32) - 128
            values *= strength / max(1e-3, float(values.std()))
            image = Image.fromarray(np.clip(values + 128, 0, 255).astype(np.uint8))
        return image if mode == "L" else Image.merge("RGB", (image, image, image))

    def _shifted(self, texture: Image.Image, index: int) -> Image.Image:
        x, y = (index * 37 + 11) % 64, (index * 53 + 29) % 64
        return texture.crop((x, y, x + self.width, y + self.height))

    def _vignette(self, strength: float, power: float = 2.2) -> NDArray[np.float32]:
        """Multiplier ``(H, W)``: 1 in the middle, darker to the corners."""
        y, x = np.mgrid[-1 : 1 : self.height * 1j, -1 : 1 : self.width * 1j]
        radius = np.clip(np.sqrt(x * x + y * y) / 1.414, 0, 1)
        return np.asarray(1 - strength * radius**power, np.float32)

    def _fibres(self, strength: float) -> NDArray[np.float32]:
        """Paper tooth ``(H, W)`` around 1."""
        fine = np.asarray(
            self._grain(30, 0.7 * max(0.5, self._scale), "L").crop((0, 0, self.width, self.height))
        )
        broad = np.asarray(
            self._grain(30, 5 * max(0.3, self._scale), "L").crop((0, 0, self.width, self.height))
        )
        return np.asarray(
            1
            + strength
            * ((fine.astype(np.float32) - 128) * 0.7 + (broad.astype(np.float32) - 128) * 0.5)
            / 30,
            np.float32,
        )

    # Finishes --------------------------------------------------------------------------------

    def _watercolour(self) -> Finisher:
        half = (max(1, self.width // 2), max(1, self.height // 2))
        tooth = Image.fromarray(np.clip(self._fibres(0.045) * 232, 0, 255).astype(np.uint8)).convert("RGB")
        wander = 3.4 * self._scale
        y, x = np.mgrid[0 : half[1], 0 : half[0]].astype(np.float32)
        rough = [
            np.asarray(
                Image.fromarray(
                    self._noise.random(
                        (
                            max(2, round(half[1] / (34 * self._scale))),
                            max(2, round(half[0] / (34 * self._scale))),
                        )
                    ).astype(np.float32)
                ).resize(half, Image.Resampling.BICUBIC)
            )
            - 0.5
            for _ in range(2)
        ]
        rows = np.clip(y + rough[0] * wander * 1.6, 0, half[1] - 1).astype(np.intp)
        columns = np.clip(x + rough[1] * wander * 1.6, 0, half[0] - 1).astype(np.intp)
        flat_index = (rows * half[0] + columns).ravel()
        edge = np.minimum.reduce([x, half[0] - 1 - x, (y), half[1] - 1 - y]) / min(half)
        border = np.clip((edge + (rough[0] + rough[1]) * 0.028 - 0.012) / 0.014, 0, 1)
        sheet = Image.fromarray((border * 255).astype(np.uint8)).resize(
            (self.width, self.height), Image.Resampling.BILINEAR
        )
        white = Image.new("RGB", (self.width, self.height), (251, 248, 240))
        patches = np.clip(1 + (rough[1] + 0.6 * rough[0]) * 0.2, 0.84, 1.16)
        blooms = np.repeat((patches[..., None] * 128).astype(np.uint16), 3, axis=2)
        lighter = [round(255 - (255 - value) * 0.86) for value in range(256)] * 3

        def finish(image: Image.Image, index: int) -> Image.Image:
            small = image.resize(half, Image.Resampling.BOX)
            warped = np.asarray(small).reshape(-1, 3)[flat_index].reshape(half[1], half[0], 3)
            wash = Image.fromarray(warped).filter(ImageFilter.BoxBlur(0.8 * self._scale))
            grey = wash.convert("L")
            rim = ImageChops.difference(grey, grey.filter(ImageFilter.BoxBlur(2)))
            rim = rim.point([max(96, 255 - value * 4) for value in range(256)])
            pale = np.asarray(wash).astype(np.uint16) * blooms // 128  # 255 * 1.16 * 128 fits
            washed = Image.fromarray(np.minimum(pale, 255).astype(np.uint8)).point(lighter)
            washed = ImageChops.multiply(washed, Image.merge("RGB", (rim, rim, rim)))
            full = washed.resize((self.width, self.height), Image.Resampling.BICUBIC)
            full = Image.blend(full, ImageChops.multiply(full, image), 0.3)
            full = ImageChops.multiply(full, tooth).point(
                [min(255, round(value * 1.13)) for value in range(256)] * 3
            )
            return Image.composite(full, white, sheet)

        return finish

    def _pixel(self) -> Finisher:
        block = max(1, round(min(self.width, self.height) / 135))
        small = (-(-self.width // block), -(-self.height // block))
        bayer = (
            np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], np.float32) / 16 - 0.5
        )
        dither = np.tile(bayer, (small[1] // 4 + 1, small[0] // 4 + 1))[: small[1], : small[0], None]
        levels = 9

        def finish(image: Image.Image, index: int) -> Image.Image:
            tiny = ImageEnhance.Color(image.resize(small, Image.Resampling.BOX)).enhance(1.35)
            values = np.asarray(tiny).astype(np.float32) * ((levels - 1) / 255) + dither * 0.34
            crisp = np.clip(np.rint(values), 0, levels - 1) * (255 / (levels - 1))
            out = Image.fromarray(crisp.astype(np.uint8))
            return out.resize((small[0] * block, small[1] * block), Image.Resampling.NEAREST).crop(
                (0, 0, self.width, self.height)
            )

        return finish

    def _noir(self) -> Finisher:
        dark = Image.fromarray((self._vignette(0.72, 2.0) * 255).astype(np.uint8))
        grain = self._grain(9, 0.5, "L")
        curve = [round(255 * _contrast(value / 255, 0.46, 7.5)) for value in range(256)]

        def finish(image: Image.Image, index: int) -> Image.Image:
            red, green, blue = image.split()
            grey = Image.blend(Image.blend(red, green, 0.5), blue, 0.12).point(curve)
            small = grey.reduce(4) if min(grey.size) >= 8 else grey
            bloom = small.point([max(0, value - 170) for value in range(256)]).filter(
                ImageFilter.BoxBlur(5 * self._scale)
            )
            grey = ImageChops.screen(grey, bloom.resize(grey.size, Image.Resampling.BILINEAR))
            grey = ImageChops.multiply(grey, dark)
            grey = ImageChops.add(grey, self._shifted(grain, index), 1, -128)
            return Image.merge(
                "RGB",
                (
                    grey,
                    grey.point([round(v * 0.985) for v in range(256)]),
                    grey.point([round(v * 0.95) for v in range(256)]),
                ),
            )

        return finish

    def _neon(self) -> Finisher:
        half = (max(1, self.width // 2), max(1, self.height // 2))
        dark = Image.fromarray((self._vignette(0.35) * 255).astype(np.uint8)).convert("RGB")
        base = [round(value * 0.2) + 6 for value in range(256)] + [
            round(value * 0.15) + 3 for value in range(256)
        ]
        base += [round(value * 0.3) + 22 for value in range(256)]

        outline = [round(255 * min(1.0, max(0.0, (value - 13) / 52))) for value in range(256)]

        def finish(image: Image.Image, index: int) -> Image.Image:
            small = image.resize(half, Image.Resampling.BOX)
            steps = ImageChops.lighter(
                ImageChops.difference(small, ImageChops.offset(small, 1, 0)),
                ImageChops.difference(small, ImageChops.offset(small, 0, 1)),
            )
            edge = np.asarray(_strongest(steps).point(outline), np.float32)
            edge[0], edge[:, 0] = 0, 0
            high = np.asarray(_strongest(small), np.float32)
            low = np.asarray(ImageChops.invert(_strongest(ImageChops.invert(small))), np.float32)
            spread = np.maximum(1.0, high - low * 0.88)
            plain = np.clip((46 - (high - low)) / 46, 0, 1)
            gain = edge * (1 - plain) * (1.15 / spread)
            pale, floor = edge * plain * 1.15, low * 0.88
            tinted = [
                Image.fromarray(
                    np.clip((np.asarray(channel, np.float32) - floor) * gain + pale * cool, 0, 255).astype(
                        np.uint8
                    )
                )
                for channel, cool in zip(small.split(), (0.35, 0.9, 1.0), strict=True)
            ]
            lines = Image.merge("RGB", tinted)
            wide = lines.reduce(2) if min(lines.size) >= 4 else lines
            halo = wide.filter(ImageFilter.BoxBlur(3.2 * self._scale)).filter(
                ImageFilter.BoxBlur(3.2 * self._scale)
            )
            halo = halo.resize(half, Image.Resampling.BILINEAR).point(
                [min(255, round(v * 2.2)) for v in range(256)] * 3
            )
            night = ImageChops.screen(small.point(base), halo)
            night = ImageChops.add(night, lines)
            return ImageChops.multiply(
                night.resize((self.width, self.height), Image.Resampling.BICUBIC), dark
            )

        return finish

    def _pencil(self) -> Finisher:
        tooth = self._fibres(0.06)
        width, height = self.width + 64, self.height + 64
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        step = max(3.0, 6.2 * self._scale)
        wobble = np.asarray(self._grain(30, 9 * max(0.3, self._scale), "L")).astype(np.float32) / 30
        rough = np.asarray(self._grain(30, 0.8, "L")).astype(np.float32) / 255 - 0.5
        strokes = 0.5 + 0.5 * np.sin((x * 0.72 + y + wobble * step * 0.5) * (2 * np.pi / step)) + rough
        cross = 0.5 + 0.5 * np.sin((x * 0.72 - y + wobble * step * 0.5) * (2 * np.pi / step)) + rough
        hatch = Image.fromarray(np.clip(strokes * 255, 0, 255).astype(np.uint8))
        second = Image.fromarray(np.clip(cross * 255, 0, 255).astype(np.uint8))
        page = Image.fromarray(np.clip(tooth * 247, 0, 255).astype(np.uint8))
        warm = (1.0, 0.985, 0.95)
        outline = [max(0, 255 - max(0, value - 3) * 11) for value in range(256)]
        light_hatch = [min(255, max(0, round((value - 8) * 1.5))) for value in range(256)]
        dark_hatch = [min(255, max(0, round((value + 70) * 1.6))) for value in range(256)]

        def finish(image: Image.Image, index: int) -> Image.Image:
            boil = index // 4
            grey = image.convert("L")
            lines = ImageChops.difference(
                grey, grey.filter(ImageFilter.BoxBlur(1.6 * max(0.6, self._scale)))
            ).point(outline)
            first = ImageChops.lighter(self._shifted(hatch, boil), grey.point(light_hatch))
            cross_lines = ImageChops.lighter(self._shifted(second, boil), grey.point(dark_hatch))
            shade = ImageChops.multiply(first, cross_lines).point(
                [round(128 + value * 127 / 255) for value in range(256)]
            )
            drawn = ImageChops.multiply(ImageChops.multiply(shade, lines), page)
            sheet = Image.merge("RGB", [drawn.point([round(v * part) for v in range(256)]) for part in warm])
            colour = image.point([round(158 + value * 97 / 255) for value in range(256)] * 3)
            return ImageChops.multiply(sheet, ImageEnhance.Color(colour).enhance(1.8))

        return finish

    def _paper(self) -> Finisher:
        tooth = Image.fromarray(np.clip(self._fibres(0.05) * 244, 0, 255).astype(np.uint8)).convert("RGB")

        def finish(image: Image.Image, index: int) -> Image.Image:
            return ImageChops.multiply(image, tooth)

        return finish

    def _film(self) -> Finisher:
        vignette = Image.fromarray((self._vignette(0.55, 2.6) * 255).astype(np.uint8)).convert("RGB")
        grain = self._grain(6.5, 0.6)
        grade = []
        for low, high, gamma in ((18, 255, 0.94), (16, 244, 1.0), (30, 212, 1.06)):
            grade += [
                round(low + (high - low) * _contrast((v / 255) ** gamma, 0.48, 3.6)) for v in range(256)
            ]
        bar = round(self.height * 0.055) if self.height <= self.width else 0

        def finish(image: Image.Image, index: int) -> Image.Image:
            weave = ((index * 7 % 5) - 2) * 0.35 * self._scale
            image = ImageChops.offset(image, 0, round(weave)) if round(weave) else image
            toned = image.point(grade)
            small = toned.reduce(6) if min(toned.size) >= 12 else toned
            bright = small.point(
                [max(0, round((v - 165) * 1.1)) for v in range(256)]
                + [max(0, round((v - 175) * 0.6)) for v in range(256)]
                + [max(0, round((v - 190) * 0.4)) for v in range(256)]
            )
            bloom = bright.filter(ImageFilter.BoxBlur(4 * self._scale)).resize(
                toned.size, Image.Resampling.BILINEAR
            )
            out = ImageChops.multiply(ImageChops.screen(toned, bloom), vignette)
            out = ImageChops.add(out, self._shifted(grain, index), 1, -128 + (index * 5 % 3 - 1) * 2)
            if bar:
                out.paste((6, 5, 8), (0, 0, self.width, bar))
                out.paste((6, 5, 8), (0, self.height - bar, self.width, self.height))
            spot = (index * 7919) % 97
            if spot < 9:
                x = (index * 613) % self.width
                out.paste(
                    (225, 214, 190),
                    (x, 0, x + 1, self.height)
                    if spot < 3
                    else (x, (index * 331) % self.height, x + 3, (index * 331) % self.height + 3),
                )
            return out

        return finish


def _strongest(image: Image.Image) -> Image.Image:
    """The largest of the three channels at every pixel."""
    red, green, blue = image.split()
    return ImageChops.lighter(ImageChops.lighter(red, green), blue)


def _as_is(image: Image.Image, index: int) -> Image.Image:
    return image


def _contrast(value: float, middle: float, steep: float) -> float:
    """A smooth S through 0 and 1."""

    def bend(at: float) -> float:
        return float(1 / (1 + np.exp(-steep * (at - middle))))

    return min(1.0, max(0.0, (bend(value) - bend(0.0)) / (bend(1.0) - bend(0.0))))
