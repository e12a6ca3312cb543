"""A street in a city."""

from __future__ import annotations

from generation.engine.animatic.scenery import brush as things
from generation.engine.animatic.scenery.brush import Brush
from generation.engine.animatic.scenery.light import mix
from generation.engine.animatic.scenery.place import Place
from generation.engine.animatic.scenery.sky import paint_sky
from generation.engine.storyboard import TimeOfDay


def city(place: Place) -> None:
    paint_sky(place, clouds=3)
    dice, light = place.dice, place.light
    shade = light.shade
    dusk = light.night or light.time is TimeOfDay.SUNSET or light.dim > 0.6
    if dusk:
        haze = place.backdrop()
        haze.rect(
            0,
            place.horizon - 330,
            haze.width,
            420,
            haze.down(
                place.horizon - 330,
                place.horizon + 20,
                (0, "#ff9f6b", 0.0),
                (1, "#ffb27a", 0.42 if light.night else 0.25),
            ),
        )
        place.lay(haze, 0.0)
    tall = min(1.3, place.horizon / 500)
    for index, (parallax, depth, low, high, wide, palette) in enumerate((
        (0.08, 0.62, 190, 400, (42, 84), ("#6f8fb4", "#7f9cc0")),
        (0.22, 0.36, 130, 320, (60, 104), ("#5b7aa0", "#8a93b8", "#6f86a3")),
        (0.42, 0.12, 110, 230, (84, 140), ("#c97b5e", "#d9a273", "#7f8fae", "#b0647a", "#5f93a6")),
    )):  # fmt: skip
        skyline = place.brush()
        x, base = 0.0, place.ground - 6
        while x < skyline.width - 20:
            w = min(dice.uniform(*wide), skyline.width - x)
            _tower(
                place,
                skyline,
                x,
                w,
                base,
                dice.uniform(low, high) * tall,
                shade(dice.choice(palette), depth),
                index,
                dusk,
            )
            x += w + (dice.uniform(0, 6) if index < 2 else dice.uniform(2, 22))
        place.lay(skyline, parallax)
    _street(place, dusk)


def _tower(
    place: Place,
    brush: Brush,
    x: float,
    w: float,
    base: float,
    high: float,
    colour: str,
    row: int,
    dusk: bool,
) -> None:
    dice = place.dice
    top = place.horizon + 20 - high
    face = brush.across(
        x, x + w, (0, mix(colour, "#ffffff", 0.16)), (0.55, colour), (1, mix(colour, "#0b1530", 0.3))
    )
    brush.rect(x, top, w, base - top, face)
    brush.rect(x, top, w, 3, mix(colour, "#ffffff", 0.3))
    roof = dice.random()
    if roof < 0.3 and row < 2:
        brush.rect(x + w * 0.3, top - 18, w * 0.4, 19, colour)
        brush.stroke([(x + w / 2, top - 18), (x + w / 2, top - 46)], colour, 2)
        if place.light.night:
            brush.glow(x + w / 2, top - 47, 9, "#ff5a5a", 0.9)
    elif roof < 0.5:
        brush.rect(x + w * 0.15, top - 9, w * 0.3, 10, mix(colour, "#0b1530", 0.2))
    lit = 0.52 if place.light.night else (0.3 if dusk else 0.0)
    size, gap = ((4.2, 6.5), (6.5, 6.5), (11.0, 10.0))[row]
    columns = max(1, int((w - gap) / (size + gap)))
    inset = (w - columns * (size + gap) + gap) / 2
    rows = int((base - top - 16 - (76 if row == 2 else 0)) / (size * 1.5 + gap))
    pane = mix(colour, "#d9f1ff", 0.42) if not place.light.night else mix(colour, "#081030", 0.45)
    panes: dict[str, list[str]] = {}
    for r in range(max(0, rows)):
        for c in range(columns):
            glows = dice.random() < lit
            paint = dice.choice(("#ffd98a", "#ffeab5", "#ffc46b", "#ffe2a0")) if glows else pane
            px, py = x + inset + c * (size + gap), top + 12 + r * (size * 1.5 + gap)
            panes.setdefault(paint, []).append(f"M{px:.1f} {py:.1f}h{size:.1f}v{size * 1.5:.1f}h{-size:.1f}Z")
    for paint, parts in panes.items():
        brush.path("".join(parts), paint)
    if row == 2:
        _shop(place, brush, x, w, base, dusk)


def _shop(place: Place, brush: Brush, x: float, w: float, base: float, dusk: bool) -> None:
    dice, shade = place.dice, place.light.shade
    top = base - 66
    colour = dice.choice(("#e5533d", "#2f9e8f", "#f0a830", "#4c6fd1", "#d1568c"))
    glass = "#ffdf9a" if dusk else shade("#bfe6f2", 0.05)
    brush.rect(x + 5, top + 14, w - 10, 52, shade("#3a3f52"))
    brush.rect(x + 9, top + 20, w - 40, 40, glass, 2)
    brush.rect(x + w - 26, top + 20, 16, 46, mix(glass, "#5a4a3a", 0.35), 2)
    if dusk:
        brush.glow(x + w / 2, top + 44, w * 0.62, "#ffcf7a", 0.3)
    stripes = max(4, int(w / 13))
    step = (w - 6) / stripes
    for index in range(stripes):
        left = x + 3 + index * step
        paint = shade(colour if index % 2 == 0 else "#fff4e4", 0.02)
        brush.path(
            f"M{left:.1f} {top:.1f}h{step:.1f}v17a{step / 2:.1f} {step / 2:.1f} 0 0 1 {-step:.1f} 0Z",
            paint,
            (left, left + step),
        )


def _street(place: Place, dusk: bool) -> None:
    dice, shade = place.dice, place.light.shade
    walk = place.brush()
    top, kerb = place.ground - 34, place.ground + 30
    for index in range(2):
        for x in (walk.width * (0.08 + 0.5 * index) + dice.uniform(0, 60),):
            things.round_tree(
                walk, x, top + 9, 132, shade("#5aa84a", 0.05), shade("#6f4d36", 0.05), shade("#fff0a0")
            )
    for index in range(3):
        _lamp(place, walk, walk.width * (0.2 + 0.33 * index), top + 8, dusk)
    walk.rect(
        -5,
        top,
        walk.width + 10,
        kerb - top,
        walk.down(top, kerb, (0, shade("#cfc7bd", 0.12)), (1, shade("#b5aca3"))),
    )
    for index in range(int(walk.width // 46) + 1):
        x = index * walk.width / (walk.width // 46)
        walk.stroke([(x, top), (x - 22, kerb)], shade("#8f877f"), 1.3, 0.5, (x - 30, x + 10))
    walk.rect(-5, top, walk.width + 10, 2, shade("#efe8dc"), 0, 0.7)
    walk.rect(
        -5,
        kerb - 1,
        walk.width + 10,
        9,
        walk.down(kerb, kerb + 9, (0, shade("#e6e0d6")), (1, shade("#938c86"))),
    )
    road = walk.down(kerb, place.bottom, (0, shade("#565b69")), (1, shade("#3c404d")))
    walk.rect(-5, kerb + 8, walk.width + 10, place.bottom - kerb, road)
    dashes = max(4, int(walk.width // 120))
    lane = kerb + 8 + (place.height - kerb) * 0.42
    for index in range(dashes):
        x = index * walk.width / dashes + 20
        walk.poly([(x, lane), (x + 64, lane), (x + 58, lane + 9), (x - 8, lane + 9)], shade("#f5efe0"), 0.9)
    for _ in range(40):
        walk.oval(
            dice.uniform(0, walk.width),
            dice.uniform(kerb + 16, place.bottom),
            dice.uniform(5, 26),
            1.4,
            "#ffffff",
            0.05,
        )
    if dusk:
        for index in range(3):
            x = walk.width * (0.2 + 0.33 * index)
            walk.oval(
                x, kerb + 34, 120, 26, walk.round(x, kerb + 34, 120, (0, "#ffd58a", 0.35), (1, "#ffd58a", 0))
            )
    place.lay(walk, 1.0)


def _lamp(place: Place, brush: Brush, x: float, y: float, dusk: bool) -> None:
    dark = place.light.shade("#39414f", 0.05)
    brush.rect(x - 2.5, y - 176, 5, 176, dark, 2)
    brush.rect(x - 6, y - 12, 12, 12, dark, 2)
    brush.rect(x - 2, y - 178, 34, 4, dark, 2)
    brush.poly([(x + 18, y - 175), (x + 40, y - 175), (x + 35, y - 162), (x + 23, y - 162)], dark)
    brush.oval(x + 29, y - 161, 7, 3.5, "#fff3c4")
    if dusk:
        brush.glow(x + 29, y - 160, 78, "#ffdc94", 0.75)
