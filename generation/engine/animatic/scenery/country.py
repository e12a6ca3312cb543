"""Green country: meadow, forest, mountains; and the ground, peaks and scatter that others share."""

from __future__ import annotations

import math

from generation.engine.animatic.scenery import brush as things
from generation.engine.animatic.scenery.brush import Brush, height_at
from generation.engine.animatic.scenery.light import mix
from generation.engine.animatic.scenery.place import Place
from generation.engine.animatic.scenery.sky import paint_sky
from generation.engine.storyboard import Weather


def ground_of(
    place: Place, colours: tuple[str, str, str], swell: float = 6.0, crest: str | None = None
) -> tuple[Brush, list[tuple[float, float]]]:
    """The ground that subjects stand on: from the horizon down, lighter far away."""
    far, middle, near = colours
    shade = place.light.shade
    brush = place.brush()
    top = place.horizon + 22
    fill = brush.down(
        top - swell, place.bottom, (0, shade(far, 0.18)), (0.3, shade(middle, 0.04)), (1, shade(near))
    )
    line = brush.ridge(top, swell, (1, 2, 3), place.dice, place.bottom, fill)
    if crest:
        brush.stroke(line, shade(crest, 0.1), 2.5, 0.55)
    return brush, line


def strewn(place: Place, count: int, nearest: float = 60.0) -> list[tuple[float, float, float]]:
    """Places on the ground, far to near: ``(x, y, nearness 0..1)``; none where subjects' feet are."""
    dice, top = place.dice, place.horizon + 34
    bottom = min(place.bottom, place.ground + (place.height - place.ground) * 0.95)
    spots = []
    for _ in range(count):
        near = dice.random() ** 1.3
        spots.append((dice.uniform(0, place.width + 420), top + (bottom - top) * near, near))
    return sorted(
        (spot for spot in spots if not place.ground - 16 < spot[1] < place.ground + nearest * 0.4),
        key=lambda s: s[1],
    )


def meadow(place: Place) -> None:
    paint_sky(place)
    dice, shade = place.dice, place.light.shade
    hills = place.brush()
    hills.ridge(
        place.horizon - 62,
        34,
        (1, 2, 5),
        dice,
        place.ground,
        hills.down(
            place.horizon - 110, place.horizon + 20, (0, shade("#6f9fc4", 0.6)), (1, shade("#8fc0b0", 0.75))
        ),
    )
    place.lay(hills, 0.08)

    middle = place.brush()
    crest = middle.ridge(
        place.horizon - 22,
        24,
        (2, 3, 5),
        dice,
        place.ground + 10,
        middle.down(
            place.horizon - 50, place.horizon + 50, (0, shade("#8fce6a", 0.35)), (1, shade("#5fae58", 0.25))
        ),
    )
    for _ in range(16):
        x, size = dice.uniform(0, middle.width), dice.uniform(28, 50) * place.lofty
        leaf = shade(dice.choice(("#4f9a4c", "#66ad4e", "#3f8a55")), 0.34)
        things.round_tree(
            middle, x, height_at(crest, x) + 5, size, leaf, shade("#6b4a33", 0.3), shade("#fff2a0", 0.2)
        )
    place.lay(middle, 0.25)

    near = place.brush()
    crest = near.ridge(
        place.horizon + 6,
        17,
        (1, 3, 4),
        dice,
        place.bottom,
        near.down(
            place.horizon - 20, place.horizon + 90, (0, shade("#9bd85f", 0.12)), (1, shade("#57ab46", 0.05))
        ),
    )
    near.stroke(crest, shade("#d8f59a", 0.05), 2.2, 0.5)
    for x in spread(place, near.width, 5):
        things.round_tree(
            near,
            x,
            height_at(crest, x) + 10,
            dice.uniform(105, 170) * place.lofty,
            shade(dice.choice(("#57a943", "#6cb83f", "#459a4e")), 0.08),
            shade("#7a5236", 0.06),
            shade("#fff3a3"),
        )
    place.lay(near, 0.5)

    ground, _ = ground_of(place, ("#a6e063", "#6cc24a", "#2f8f3f"), crest="#e4ffa8")
    for x, y, nearness in strewn(place, 120):
        size = 5 + 17 * nearness
        things.tuft(
            ground,
            x,
            y,
            size,
            shade(dice.choice(("#4fa83c", "#7fd04f", "#3f9640")), 0.12 * (1 - nearness)),
            dice,
        )
        if dice.random() < 0.32:
            petal = dice.choice(("#ffffff", "#ffd84a", "#ff7eb0", "#b78bff", "#ff6b5e"))
            things.flower(
                ground, x + 4, y, 6 + 16 * nearness, shade(petal), shade("#ffb02e"), shade("#3f8f3c")
            )
    place.lay(ground, 1.0)
    front = place.brush()
    for _ in range(16):
        x = dice.uniform(0, front.width)
        things.tuft(
            front,
            x,
            place.height + 26,
            dice.uniform(46, 84),
            shade(dice.choice(("#1f7a37", "#2f8f3f"))),
            dice,
            6,
        )
    place.lay(front, 1.35, front=True, soften=2.2)


def spread(place: Place, width: float, count: int) -> list[float]:
    """``count`` places along a layer, unevenly but never on top of each other."""
    step = width / count
    return [(index + place.dice.uniform(0.12, 0.88)) * step for index in range(count)]


def forest(place: Place) -> None:
    paint_sky(place, clouds=2)
    dice, shade, light = place.dice, place.light.shade, place.light
    veil = place.backdrop()
    veil.rect(
        0,
        place.horizon - 420,
        veil.width,
        place.bottom - place.horizon + 420,
        veil.down(
            place.horizon - 420,
            place.horizon + 20,
            (0, shade("#cdeba8", 0.5), 0.0),
            (0.45, shade("#bfe0a0", 0.45), 0.75),
            (1, shade("#dff2b4", 0.4), 1.0),
        ),
    )
    place.lay(veil, 0.02)
    for index, (parallax, depth, count, girth) in enumerate(
        ((0.14, 0.62, 15, 13), (0.34, 0.38, 10, 24), (0.62, 0.1, 6, 42))
    ):
        trees = place.brush()
        base = place.horizon + (8, 18, 30)[index]
        bark, leaf = (
            shade(("#5d7a6a", "#5a5a44", "#4f3d30")[index], depth),
            shade(("#7fb07c", "#4f9350", "#2f7443")[index], depth),
        )
        for x in spread(place, trees.width, count):
            wide = girth * dice.uniform(0.75, 1.25)
            lean = dice.uniform(-14, 14)
            edge = trees.across(
                x - wide,
                x + wide,
                (0, mix(bark, "#ffffff", 0.16)),
                (0.5, bark),
                (1, mix(bark, "#05121a", 0.35)),
            )
            trees.path(
                f"M{x - wide * 0.95:.1f} {base + 16:.1f}Q{x - wide * 0.45:.1f} {base - 30:.1f} {x - wide * 0.42 + lean:.1f} {-place.margin:.1f}"
                f"H{x + wide * 0.42 + lean:.1f}Q{x + wide * 0.45:.1f} {base - 30:.1f} {x + wide * 0.95:.1f} {base + 16:.1f}Z",
                edge,
                (x - wide - 15, x + wide + 15),
            )
            for _ in range(2 + index):
                y = base - dice.uniform(170, place.horizon + 40)
                side = dice.choice((-1, 1))
                reach = wide * dice.uniform(1.6, 2.8)
                for blob in range(5):
                    trees.oval(
                        x + lean * 0.5 + side * reach * (0.25 + blob * 0.2),
                        y + dice.uniform(-14, 14),
                        wide * dice.uniform(0.6, 1.0),
                        wide * dice.uniform(0.36, 0.6),
                        mix(leaf, shade("#e8ff9c", depth), 0.08 * blob),
                    )
        crown = [
            (x, y + place.dice.uniform(-6, 6))
            for x, y in things.crest_of(
                trees.width, place.horizon * (0.2 - index * 0.05), 30, (3, 7, 11), dice, 14
            )
        ]
        trees.poly([(0, -place.margin), *crown, (trees.width, -place.margin)], mix(leaf, "#0a2320", 0.15))
        for x, y in crown[::2]:
            trees.oval(x, y, 26 + 6 * index, 20 + 5 * index, mix(leaf, "#0a2320", 0.1 * (x % 3)))
        brushline = place.light.shade(("#8fbf85", "#5fa257", "#37824a")[index], depth)
        crest = trees.ridge(base, 9, (3, 7, 12), dice, place.bottom, brushline)
        for x, y in crest[:: 5 - index]:
            trees.oval(
                x,
                y + 6,
                dice.uniform(14, 30) * (0.7 + 0.3 * index),
                dice.uniform(10, 20),
                mix(brushline, shade("#f0ffb0", depth), dice.uniform(0, 0.18)),
            )
        place.lay(trees, parallax)
    if not light.night and light.dim < 0.5:
        beams = place.backdrop()
        for index in range(5):
            x = beams.width * (0.12 + 0.2 * index) + dice.uniform(-20, 20)
            wide = dice.uniform(26, 60)
            paint = beams.down(
                0, place.horizon + 60, (0, light.glow, 0.34), (0.6, light.glow, 0.14), (1, light.glow, 0.0)
            )
            beams.poly(
                [
                    (x, -place.margin),
                    (x + wide, -place.margin),
                    (x + wide - 90, place.ground),
                    (x - 150, place.ground),
                ],
                paint,
            )
        place.lay(beams, 0.3, soften=5)
    ground, _ = ground_of(place, ("#a9cf6a", "#5f9a48", "#27583a"), swell=8, crest="#dff59a")
    for x, y, nearness in strewn(place, 90):
        size = 6 + 18 * nearness
        choice = dice.random()
        if choice < 0.62:
            things.tuft(
                ground,
                x,
                y,
                size,
                shade(dice.choice(("#4f9a45", "#37803f", "#79b84f")), 0.15 * (1 - nearness)),
                dice,
                6,
            )
        elif choice < 0.78:
            things.stone(ground, x, y, size * 1.3, shade("#8f9a8a"))
        else:
            _mushroom(ground, x, y, size, shade(dice.choice(("#e2493b", "#e8a23c"))), shade("#fff3dc"))
    place.lay(ground, 1.0)
    front = place.brush()
    for _ in range(15):
        x = dice.uniform(0, front.width)
        _fern(front, x, place.height + 24, dice.uniform(70, 120), shade(dice.choice(("#173f31", "#1f5238"))))
    place.lay(front, 1.4, front=True, soften=2.5)


def _mushroom(brush: Brush, x: float, y: float, size: float, cap: str, stalk: str) -> None:
    brush.oval(x, y, size * 0.5, size * 0.09, "#000000", 0.16)
    brush.rect(x - size * 0.13, y - size * 0.55, size * 0.26, size * 0.55, stalk, size * 0.1)
    brush.path(
        f"M{x - size * 0.48:.1f} {y - size * 0.48:.1f}Q{x:.1f} {y - size * 1.25:.1f} {x + size * 0.48:.1f} {y - size * 0.48:.1f}Q{x:.1f} {y - size * 0.38:.1f} {x - size * 0.48:.1f} {y - size * 0.48:.1f}Z",
        cap,
        (x - size, x + size),
    )
    for dx, dy in ((-0.18, 0.62), (0.08, 0.76), (0.25, 0.58)):
        brush.oval(x + dx * size, y - dy * size, size * 0.07, size * 0.055, stalk)


def _fern(brush: Brush, x: float, y: float, size: float, colour: str) -> None:
    for angle in (-62, -34, -8, 20, 46, 70):
        a = math.radians(angle)
        tip_x, tip_y = x + math.sin(a) * size, y - math.cos(a) * size
        bend_x, bend_y = x + math.sin(a * 0.4) * size * 0.6, y - math.cos(a * 0.4) * size * 0.7
        brush.path(
            f"M{x - 4:.1f} {y:.1f}Q{bend_x - 9:.1f} {bend_y - 6:.1f} {tip_x:.1f} {tip_y:.1f}Q{bend_x + 9:.1f} {bend_y + 8:.1f} {x + 4:.1f} {y:.1f}Z",
            colour,
            (x - size, x + size),
        )


def peaks(
    place: Place,
    base: float,
    tall: float,
    count: int,
    rock: str,
    dark: str,
    snow: str,
    bottom: float,
    parallax: float,
) -> None:
    dice = place.dice
    brush = place.brush()
    spots = sorted(
        ((x, tall * dice.uniform(0.6, 1.08)) for x in spread(place, brush.width, count)),
        key=lambda spot: spot[1],
    )
    for x, high in spots:
        half = high * dice.uniform(0.62, 0.85)
        top = base - high
        notch = [(dice.uniform(-0.04, 0.04), share) for share in (0.25, 0.5, 0.75)]
        left = [(x - half * share + dice.uniform(-6, 6), top + high * share) for _, share in notch]
        right = [(x + half * share + dice.uniform(-6, 6), top + high * share) for _, share in notch]
        brush.poly(
            [(x, top), *right, (x + half * 1.25, bottom), (x - half * 1.25, bottom), *reversed(left)],
            brush.down(top, base, (0, rock), (1, mix(rock, place.light.haze, 0.45))),
        )
        ridge = [(x + high * dx * 1.6 - half * 0.08 * share * 2, top + high * share) for dx, share in notch]
        brush.poly(
            [(x, top), *right, (x + half * 1.25, bottom), (x + half * 0.1, bottom), *reversed(ridge)],
            brush.down(top, base, (0, dark), (1, mix(dark, place.light.haze, 0.5))),
        )
        cap = 0.34
        zigzag = [
            (x - half * cap * (1 - 2 * i / 8), top + high * cap * (0.82 if i % 2 else 1.08)) for i in range(9)
        ]
        brush.poly([(x, top), *reversed(zigzag)], snow)
        brush.poly([(x, top), *[p for p in reversed(zigzag) if p[0] >= x]], mix(snow, dark, 0.28))
    place.lay(brush, parallax)


def mountains(place: Place) -> None:
    paint_sky(place)
    dice, shade = place.dice, place.light.shade
    peaks(
        place,
        place.horizon,
        300 * place.lofty,
        5,
        shade("#8fa3c4", 0.45),
        shade("#6f84ad", 0.42),
        shade("#ffffff", 0.18),
        place.ground,
        0.06,
    )
    peaks(
        place,
        place.horizon + 10,
        185 * place.lofty,
        6,
        shade("#7d8c9f", 0.16),
        shade("#566783", 0.14),
        shade("#ffffff", 0.05),
        place.ground,
        0.15,
    )
    white = place.weather is Weather.SNOW
    woods = place.brush()
    crest = woods.ridge(
        place.horizon + 8,
        22,
        (1, 2, 5),
        dice,
        place.ground + 30,
        shade("#b9cbe0" if white else "#3f7a5a", 0.2),
    )
    for x in spread(place, woods.width, 46):
        things.pine(
            woods,
            x,
            height_at(crest, x) + 8,
            dice.uniform(34, 62) * place.lofty,
            shade(dice.choice(("#2f6b50", "#3c7d58")), 0.2),
            shade("#5a4030", 0.2),
            shade("#ffffff", 0.1) if white else None,
        )
    place.lay(woods, 0.35)
    near = place.brush()
    crest = near.ridge(
        place.horizon + 30,
        14,
        (1, 3),
        dice,
        place.bottom,
        near.down(
            place.horizon,
            place.ground,
            (0, shade("#f2f7ff" if white else "#86b866", 0.08)),
            (1, shade("#cfdcee" if white else "#5c9450", 0.02)),
        ),
    )
    for x in spread(place, near.width, 8):
        things.pine(
            near,
            x,
            height_at(crest, x) + 10,
            dice.uniform(95, 165) * place.lofty,
            shade(dice.choice(("#24604a", "#2f7350"))),
            shade("#5a4030"),
            shade("#ffffff") if white else None,
        )
    place.lay(near, 0.6)
    green, snowy = ("#a7cf74", "#74a656", "#3a6f45"), ("#ffffff", "#dfeaf8", "#a9bfdc")
    ground, _ = ground_of(place, snowy if white else green, crest="#ffffff" if white else "#e9ffb8")
    for x, y, nearness in strewn(place, 26 if white else 80):
        size = 6 + 18 * nearness
        if white or dice.random() < 0.3:
            things.stone(
                ground, x, y, size * 1.7, shade(dice.choice(("#9aa3ad", "#838d99")), 0.1 * (1 - nearness))
            )
        else:
            things.tuft(ground, x, y, size * 0.85, shade(dice.choice(("#5a9648", "#88bd58"))), dice)
            if dice.random() < 0.25:
                things.flower(
                    ground,
                    x,
                    y,
                    size,
                    shade(dice.choice(("#ffffff", "#a98bff", "#ffdf5c"))),
                    shade("#ffb02e"),
                    shade("#4a8140"),
                )
    place.lay(ground, 1.0)
