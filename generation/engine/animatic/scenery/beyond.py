"""Where nobody walks at home: under water and in space."""

from __future__ import annotations

from generation.engine.animatic.scenery import brush as things
from generation.engine.animatic.scenery.brush import Brush, height_at
from generation.engine.animatic.scenery.light import mix
from generation.engine.animatic.scenery.place import Place
from generation.engine.storyboard import TimeOfDay


def underwater(place: Place) -> None:
    dice, light = place.dice, place.light
    shade = light.shade
    back = place.backdrop()
    back.rect(0, back.top, back.width, back.height, back.down(-place.margin, place.height, *light.sky))
    back.glow(
        back.width * 0.6, -place.margin, place.height * 0.6, "#eafff8" if not light.night else "#7fb4e8", 0.5
    )
    place.lay(back, 0.0)
    for index in range(4):
        beam = place.backdrop()
        x = beam.width * (0.2 + 0.2 * index)
        wide = dice.uniform(24, 66)
        strong = 0.1 if light.night else 0.3
        beam.poly(
            [
                (x, -place.margin),
                (x + wide, -place.margin),
                (x + wide * 2.4 - 150, place.ground),
                (x - 190, place.ground),
            ],
            beam.down(-place.margin, place.ground, (0, "#f2fffb", strong), (1, "#d0fff6", 0.0)),
        )
        place.lay(beam, 0.1, sway=(1.8, 6 + index * 1.3, index * 1.7), soften=7)
    for parallax, depth, lift, tall in ((0.12, 0.72, -70, 90), (0.3, 0.45, -18, 62)):
        rocks = place.brush()
        crest = rocks.ridge(
            place.horizon + lift,
            tall * 0.6,
            (2, 3, 7, 11),
            dice,
            place.bottom,
            rocks.down(
                place.horizon + lift - tall,
                place.ground + 40,
                (0, shade("#4a7f9c", depth)),
                (1, shade("#2f5f86", depth)),
            ),
        )
        for _ in range(16 if parallax > 0.2 else 9):
            x = dice.uniform(0, rocks.width)
            _weed(
                rocks,
                x,
                height_at(crest, x) + 6,
                dice.uniform(60, 170) * (0.7 + parallax),
                shade(dice.choice(("#2f9f86", "#3fae6f", "#2f7f9a")), depth),
                dice.uniform(-1, 1),
            )
        place.lay(rocks, parallax)
    reef = place.brush()
    crest = reef.ridge(
        place.horizon + 24,
        18,
        (2, 5, 7),
        dice,
        place.bottom,
        reef.down(place.horizon, place.ground + 60, (0, shade("#5f8fa0", 0.15)), (1, shade("#3f6f8a", 0.1))),
    )
    count = int(reef.width // 62)
    for index in range(count):
        x = (index + dice.uniform(0.2, 0.8)) * reef.width / count
        y = height_at(crest, x) + 10
        kind = dice.random()
        if kind < 0.4:
            _coral(
                reef,
                x,
                y,
                dice.uniform(46, 96),
                shade(dice.choice(("#ff7f8a", "#ffa552", "#d985e6", "#ffd35c")), 0.1),
                dice,
            )
        elif kind < 0.65:
            colour = shade(dice.choice(("#f2789f", "#f7b05b", "#8f7ae0")), 0.1)
            for r in (34, 25, 16):
                reef.oval(x + r * 0.1, y - r * 0.4, r, r * 0.85, mix(colour, "#ffffff", (34 - r) / 60))
        else:
            for offset in (-14, 0, 13):
                _weed(
                    reef,
                    x + offset,
                    y,
                    dice.uniform(80, 150),
                    shade(dice.choice(("#37b07a", "#5cc46a", "#2f9a8a")), 0.08),
                    dice.uniform(-1, 1),
                )
    place.lay(reef, 0.6)
    sand = place.brush()
    top = place.horizon + 34
    line = sand.ridge(
        top,
        10,
        (1, 2, 4),
        dice,
        place.bottom,
        sand.down(
            top - 8,
            place.bottom,
            (0, shade("#f3e3b4", 0.2)),
            (0.4, shade("#e6cf94", 0.06)),
            (1, shade("#b8975f")),
        ),
    )
    sand.stroke(line, "#ffffff", 2.5, 0.3)
    for index in range(22):
        y = top + 16 + (place.bottom - top) * index / 22
        x, long = dice.uniform(0, sand.width), dice.uniform(40, 110)
        sand.path(
            f"M{x - long:.1f} {y:.1f}q{long / 2:.1f} -7 {long:.1f} 0t{long:.1f} 0",
            "none",
            (x - long, x + long),
            f'stroke="#ffffff" stroke-opacity="0.2" stroke-width="{2 + index * 0.1:.1f}" stroke-linecap="round"',
        )
    for _ in range(10):
        x, y = dice.uniform(0, sand.width), dice.uniform(top + 20, place.bottom)
        if abs(y - place.ground) > 14:
            things.stone(sand, x, y, dice.uniform(12, 30), shade(dice.choice(("#7f93a3", "#93808a"))))
    place.lay(sand, 1.0)
    front = place.brush()
    for index in range(9):
        x = (index + dice.random()) * front.width / 9
        _weed(front, x, place.height + 40, dice.uniform(110, 190), shade("#14576b", 0.0), dice.uniform(-1, 1))
    place.lay(front, 1.4, front=True, soften=2.4)


def _weed(brush: Brush, x: float, y: float, size: float, colour: str, lean: float) -> None:
    wide = size * 0.075
    a, b = lean * size * 0.22, -lean * size * 0.16
    brush.path(
        f"M{x - wide:.1f} {y:.1f}C{x - wide + a:.1f} {y - size * 0.35:.1f} {x - wide + b:.1f} {y - size * 0.6:.1f} {x + a:.1f} {y - size:.1f}"
        f"C{x + wide + b:.1f} {y - size * 0.6:.1f} {x + wide + a:.1f} {y - size * 0.35:.1f} {x + wide:.1f} {y:.1f}Z",
        colour,
        (x - size * 0.4, x + size * 0.4),
    )


def _coral(brush: Brush, x: float, y: float, size: float, colour: str, dice: object) -> None:
    pale = mix(colour, "#ffffff", 0.3)
    for width, paint in ((size * 0.13, colour), (size * 0.045, pale)):
        d = "".join(
            f"M{x:.1f} {y:.1f}Q{x + dx * size * 0.2:.1f} {y - size * high * 0.5:.1f} {x + dx * size:.1f} {y - size * high:.1f}"
            for dx, high in (
                (0, 1.0),
                (-0.32, 0.78),
                (0.34, 0.8),
                (-0.5, 0.46),
                (0.52, 0.5),
                (0.16, 0.95),
                (-0.15, 0.9),
            )
        )
        brush.path(
            d,
            "none",
            (x - size * 0.7, x + size * 0.7),
            f'stroke="{paint}" stroke-width="{width:.1f}" stroke-linecap="round"',
        )


def space(place: Place) -> None:
    dice, light = place.dice, place.light
    back = place.backdrop()
    tint = {
        TimeOfDay.DAWN: ("#ff9a8a", "#5fb0ff"),
        TimeOfDay.DAY: ("#4f8cff", "#b45cff"),
        TimeOfDay.SUNSET: ("#ff6a5c", "#ffb35c"),
        TimeOfDay.NIGHT: ("#7a4cff", "#22c1d6"),
    }[light.time]
    back.rect(0, back.top, back.width, back.height, back.down(0, place.height, *light.sky))
    for index in range(7):
        x, y = dice.uniform(0, back.width), place.height * dice.uniform(0.05, 0.6)
        back.glow(x, y, dice.uniform(150, 300), tint[index % 2], 0.34)
    for _ in range(150):
        size = dice.choice((0.6, 0.8, 1.0, 1.3))
        back.oval(
            dice.uniform(0, back.width),
            dice.uniform(-place.margin, place.ground),
            size,
            size,
            "#ffffff",
            dice.uniform(0.3, 0.95),
        )
    place.lay(back, 0.0)
    for parallax, count, drift in ((0.05, 46, -2.0), (0.12, 20, -4.0)):
        stars = place.brush(1.2)
        for _ in range(count):
            x, y = dice.uniform(0, stars.width), dice.uniform(0, place.horizon)
            r = dice.uniform(1.2, 2.4) * (1 + parallax * 3)
            stars.glow(x, y, r * 3.4, dice.choice(("#ffffff", "#bcd3ff", "#ffe5b8")), 0.8)
            stars.oval(x, y, r * 0.6, r * 0.6, "#ffffff")
        place.lay(stars, parallax, drift=drift)
    if place.disc:
        world = place.backdrop()
        _planet(
            world,
            place.margin + place.width * 0.76,
            place.height * 0.2,
            min(92.0, place.height * 0.16),
            dice.choice((("#ffb36b", "#c9543f"), ("#7fe0e8", "#3457b8"), ("#f3a8d8", "#7a3fb0"))),
            True,
        )
        _planet(
            world, place.margin + place.width * 0.17, place.height * 0.36, 25, ("#d6dcf2", "#6b7299"), False
        )
        place.lay(world, 0.09)
    far = place.brush()
    crest = far.ridge(
        place.horizon + 18,
        26,
        (2, 3, 7),
        dice,
        place.bottom,
        far.down(place.horizon - 20, place.ground + 40, (0, "#6c6aa6"), (1, "#413f7a")),
    )
    far.stroke(crest, "#b9b6f0", 2, 0.5)
    place.lay(far, 0.35)
    moon = place.brush()
    top = place.horizon + 44
    line = moon.ridge(
        top,
        9,
        (1, 2, 5),
        dice,
        place.bottom,
        moon.down(top - 8, place.bottom, (0, "#c9c7e6"), (0.35, "#a3a0cc"), (1, "#5f5a92")),
    )
    moon.stroke(line, "#ffffff", 2.5, 0.6)
    for _ in range(26):
        near = dice.random() ** 1.2
        x, y = dice.uniform(0, moon.width), top + 22 + (place.bottom - top - 22) * near
        if abs(y - place.ground) < 12:
            continue
        r = 10 + 40 * near * dice.uniform(0.5, 1)
        moon.oval(x, y, r, r * 0.32, "#6f6b9f", 0.75)
        moon.oval(x, y + r * 0.06, r * 0.9, r * 0.26, "#57538a", 0.8)
        moon.oval(x, y + r * 0.17, r * 0.8, r * 0.16, "#8d8abb", 0.7)
        moon.stroke(
            [
                (x - r * 0.95, y + r * 0.08),
                (x - r * 0.5, y + r * 0.29),
                (x + r * 0.3, y + r * 0.33),
                (x + r * 0.9, y + r * 0.14),
            ],
            "#e6e4ff",
            1.6,
            0.6,
        )
    place.lay(moon, 1.0)


def _planet(brush: Brush, x: float, y: float, r: float, colours: tuple[str, str], ring: bool) -> None:
    pale, dark = colours
    brush.glow(x, y, r * 1.9, pale, 0.35)
    tilt = f'transform="rotate(-18 {x:.1f} {y:.1f})"'
    if ring:
        brush.add(
            f'<g {tilt}><path d="M{x - r * 1.85:.1f} {y:.1f}A{r * 1.85:.1f} {r * 0.48:.1f} 0 0 1 {x + r * 1.85:.1f} {y:.1f}" fill="none" stroke="#fff0d0" stroke-opacity="0.5" stroke-width="{r * 0.2:.1f}"/></g>'
        )
    brush.oval(
        x,
        y,
        r,
        r,
        brush.round(
            x - r * 0.4,
            y - r * 0.4,
            r * 1.7,
            (0, mix(pale, "#ffffff", 0.45)),
            (0.35, pale),
            (0.75, dark),
            (1, mix(dark, "#070716", 0.7)),
        ),
    )
    for dy, w, opacity in ((-0.42, 0.86, 0.2), (0.02, 0.98, 0.26), (0.36, 0.9, 0.18)):
        brush.add(
            f'<g {tilt}><ellipse cx="{x:.1f}" cy="{y + dy * r:.1f}" rx="{w * r:.1f}" ry="{r * 0.1:.1f}" fill="#ffffff" fill-opacity="{opacity:.2f}"/></g>'
        )
    if ring:
        brush.add(
            f'<g {tilt}><path d="M{x - r * 1.85:.1f} {y:.1f}A{r * 1.85:.1f} {r * 0.48:.1f} 0 0 0 {x + r * 1.85:.1f} {y:.1f}" fill="none" stroke="#fff0d0" stroke-opacity="0.85" stroke-width="{r * 0.2:.1f}"/></g>'
        )
