"""Open country: meadow, forest, mountains, desert, snowfield, beach."""

from __future__ import annotations

import math

from generation.engine.animatic.scenery import brush as things
from generation.engine.animatic.scenery.brush import Brush, height_at
from generation.engine.animatic.scenery.light import mix
from generation.engine.animatic.scenery.place import Place
from generation.engine.animatic.scenery.sky import paint_sky


def _ground(
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


def _strewn(place: Place, count: int, nearest: float = 60.0) -> list[tuple[float, float, float]]:
    """Places on the ground, far to near: ``(x, y, nearness 0..1)``; none where subjects' feet are."""
    dice, top = place.dice, place.horizon + 34
    bottom = min(place.bottom, place.ground + (place.height - place.ground) * 0.95)
    spots = []
    for _ in range(count):
        near = dice.random() ** 1.3
        spots.append((dice.uniform(0, place.width + 420), top + (bottom - top) * near, near))
    return sorted(
        (spot for spot in spots if not place.ground - 16 < spot[1] < place.ground + nearest * 0.4), key=lambda s: s[1]
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
        hills.down(place.horizon - 110, place.horizon + 20, (0, shade("#6f9fc4", 0.6)), (1, shade("#8fc0b0", 0.75))),
    )
    place.lay(hills, 0.08)

    middle = place.brush()
    crest = middle.ridge(
        place.horizon - 22,
        24,
        (2, 3, 5),
        dice,
        place.ground + 10,
        middle.down(place.horizon - 50, place.horizon + 50, (0, shade("#8fce6a", 0.35)), (1, shade("#5fae58", 0.25))),
    )
    for _ in range(16):
        x, size = dice.uniform(0, middle.width), dice.uniform(26, 46)
        leaf = shade(dice.choice(("#4f9a4c", "#66ad4e", "#3f8a55")), 0.34)
        things.round_tree(middle, x, height_at(crest, x) + 5, size, leaf, shade("#6b4a33", 0.3), shade("#fff2a0", 0.2))
    place.lay(middle, 0.25)

    near = place.brush()
    crest = near.ridge(
        place.horizon + 6,
        17,
        (1, 3, 4),
        dice,
        place.bottom,
        near.down(place.horizon - 20, place.horizon + 90, (0, shade("#9bd85f", 0.12)), (1, shade("#57ab46", 0.05))),
    )
    near.stroke(crest, shade("#d8f59a", 0.05), 2.2, 0.5)
    for x in _spread(place, near.width, 5):
        things.round_tree(
            near,
            x,
            height_at(crest, x) + 10,
            dice.uniform(105, 170),
            shade(dice.choice(("#57a943", "#6cb83f", "#459a4e")), 0.08),
            shade("#7a5236", 0.06),
            shade("#fff3a3"),
        )
    place.lay(near, 0.5)

    ground, _ = _ground(place, ("#a6e063", "#6cc24a", "#2f8f3f"), crest="#e4ffa8")
    for x, y, nearness in _strewn(place, 120):
        size = 5 + 17 * nearness
        things.tuft(ground, x, y, size, shade(dice.choice(("#4fa83c", "#7fd04f", "#3f9640")), 0.12 * (1 - nearness)), dice)
        if dice.random() < 0.32:
            petal = dice.choice(("#ffffff", "#ffd84a", "#ff7eb0", "#b78bff", "#ff6b5e"))
            things.flower(
                ground, x + 4, y, 6 + 16 * nearness, shade(petal), shade("#ffb02e"), shade("#3f8f3c")
            )
    place.lay(ground, 1.0)
    front = place.brush()
    for _ in range(16):
        x = dice.uniform(0, front.width)
        things.tuft(front, x, place.height + 26, dice.uniform(46, 84), shade(dice.choice(("#1f7a37", "#2f8f3f"))), dice, 6)
    place.lay(front, 1.35, front=True, soften=2.2)


def _spread(place: Place, width: float, count: int) -> list[float]:
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
    for index, (parallax, depth, count, girth) in enumerate(((0.14, 0.62, 15, 13), (0.34, 0.38, 10, 24), (0.62, 0.1, 6, 42))):
        trees = place.brush()
        base = place.horizon + (8, 18, 30)[index]
        bark, leaf = shade(("#5d7a6a", "#5a5a44", "#4f3d30")[index], depth), shade(("#7fb07c", "#4f9350", "#2f7443")[index], depth)
        for x in _spread(place, trees.width, count):
            wide = girth * dice.uniform(0.75, 1.25)
            lean = dice.uniform(-14, 14)
            edge = trees.across(x - wide, x + wide, (0, mix(bark, "#ffffff", 0.16)), (0.5, bark), (1, mix(bark, "#05121a", 0.35)))
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
        crown = [(x, y + place.dice.uniform(-6, 6)) for x, y in things.crest_of(trees.width, place.horizon * (0.2 - index * 0.05), 30, (3, 7, 11), dice, 14)]
        trees.poly([(0, -place.margin), *crown, (trees.width, -place.margin)], mix(leaf, "#0a2320", 0.15))
        for x, y in crown[::2]:
            trees.oval(x, y, 26 + 6 * index, 20 + 5 * index, mix(leaf, "#0a2320", 0.1 * (x % 3)))
        brushline = place.light.shade(("#8fbf85", "#5fa257", "#37824a")[index], depth)
        crest = trees.ridge(base, 9, (3, 7, 12), dice, place.bottom, brushline)
        for x, y in crest[:: 5 - index]:
            trees.oval(x, y + 6, dice.uniform(14, 30) * (0.7 + 0.3 * index), dice.uniform(10, 20), mix(brushline, shade("#f0ffb0", depth), dice.uniform(0, 0.18)))
        place.lay(trees, parallax)
    if not light.night and light.dim < 0.5:
        beams = place.backdrop()
        for index in range(5):
            x = beams.width * (0.12 + 0.2 * index) + dice.uniform(-20, 20)
            wide = dice.uniform(26, 60)
            paint = beams.down(0, place.horizon + 60, (0, light.glow, 0.34), (0.6, light.glow, 0.14), (1, light.glow, 0.0))
            beams.poly([(x, -place.margin), (x + wide, -place.margin), (x + wide - 90, place.ground), (x - 150, place.ground)], paint)
        place.lay(beams, 0.3, soften=5)
    ground, _ = _ground(place, ("#a9cf6a", "#5f9a48", "#27583a"), swell=8, crest="#dff59a")
    for x, y, nearness in _strewn(place, 90):
        size = 6 + 18 * nearness
        choice = dice.random()
        if choice < 0.62:
            things.tuft(ground, x, y, size, shade(dice.choice(("#4f9a45", "#37803f", "#79b84f")), 0.15 * (1 - nearness)), dice, 6)
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


def _peaks(
    place: Place, base: float, tall: float, count: int, rock: str, dark: str, snow: str, bottom: float, parallax: float
) -> None:
    dice = place.dice
    brush = place.brush()
    spots = sorted(
        ((x, tall * dice.uniform(0.6, 1.08)) for x in _spread(place, brush.width, count)), key=lambda spot: spot[1]
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
        zigzag = [(x - half * cap * (1 - 2 * i / 8), top + high * cap * (0.82 if i % 2 else 1.08)) for i in range(9)]
        brush.poly([(x, top), *reversed(zigzag)], snow)
        brush.poly([(x, top), *[p for p in reversed(zigzag) if p[0] >= x]], mix(snow, dark, 0.28))
    place.lay(brush, parallax)


def mountains(place: Place) -> None:
    paint_sky(place)
    dice, shade = place.dice, place.light.shade
    _peaks(place, place.horizon, 300, 5, shade("#8fa3c4", 0.45), shade("#6f84ad", 0.42), shade("#ffffff", 0.18), place.ground, 0.06)
    _peaks(place, place.horizon + 10, 185, 6, shade("#7d8c9f", 0.16), shade("#566783", 0.14), shade("#ffffff", 0.05), place.ground, 0.15)
    woods = place.brush()
    crest = woods.ridge(place.horizon + 8, 22, (1, 2, 5), dice, place.ground + 30, shade("#3f7a5a", 0.2))
    for x in _spread(place, woods.width, 46):
        things.pine(woods, x, height_at(crest, x) + 8, dice.uniform(34, 62), shade(dice.choice(("#2f6b50", "#3c7d58")), 0.2), shade("#5a4030", 0.2))
    place.lay(woods, 0.35)
    near = place.brush()
    crest = near.ridge(place.horizon + 30, 14, (1, 3), dice, place.bottom, near.down(place.horizon, place.ground, (0, shade("#86b866", 0.08)), (1, shade("#5c9450", 0.02))))
    for x in _spread(place, near.width, 8):
        things.pine(near, x, height_at(crest, x) + 10, dice.uniform(95, 165), shade(dice.choice(("#24604a", "#2f7350"))), shade("#5a4030"))
    place.lay(near, 0.6)
    ground, _ = _ground(place, ("#a7cf74", "#74a656", "#3a6f45"), crest="#e9ffb8")
    for x, y, nearness in _strewn(place, 80):
        size = 6 + 18 * nearness
        if dice.random() < 0.3:
            things.stone(ground, x, y, size * 1.7, shade(dice.choice(("#9aa3ad", "#838d99")), 0.1 * (1 - nearness)))
        else:
            things.tuft(ground, x, y, size * 0.85, shade(dice.choice(("#5a9648", "#88bd58"))), dice)
            if dice.random() < 0.25:
                things.flower(ground, x, y, size, shade(dice.choice(("#ffffff", "#a98bff", "#ffdf5c"))), shade("#ffb02e"), shade("#4a8140"))
    place.lay(ground, 1.0)


def desert(place: Place) -> None:
    paint_sky(place, clouds=2)
    dice, shade = place.dice, place.light.shade
    mesas = place.brush()
    for x in _spread(place, mesas.width, 4):
        wide, high = dice.uniform(80, 150), dice.uniform(70, 150)
        top = place.horizon - high
        for offset, colour in ((0, "#d0714a"), (0.55, "#a9553f")):
            mesas.poly(
                [
                    (x - wide * (0.5 - offset), top),
                    (x + wide * 0.5, top + 3),
                    (x + wide * 0.56, top + high * 0.35),
                    (x + wide * 0.72, place.ground),
                    (x - wide * (0.72 - offset * 1.25), place.ground),
                    (x - wide * (0.56 - offset), top + high * 0.35),
                ],
                mesas.down(top, place.horizon + 30, (0, shade(colour, 0.28)), (1, shade("#e9b483", 0.5))),
            )
        for band in (0.16, 0.3):
            mesas.stroke([(x - wide * 0.53, top + high * band), (x + wide * 0.53, top + high * band + 2)], shade("#8f4436", 0.3), 3, 0.4)
    place.lay(mesas, 0.1)
    for parallax, lift, swell, colours in (
        (0.25, -14, 26, ("#f7cf8a", "#dd9f5c")),
        (0.5, 12, 20, ("#f9d795", "#e0a45c")),
    ):
        dunes = place.brush()
        crest = dunes.ridge(
            place.horizon + lift, swell, (1, 2, 3), dice, place.bottom,
            dunes.down(place.horizon + lift - swell, place.horizon + 80, (0, shade(colours[0], 0.22 - lift / 100)), (1, shade(colours[1], 0.1))),
        )
        shadowed = [(x, y + max(0.0, math.sin(x / dunes.width * math.tau * 3) * 26 + 14)) for x, y in crest]
        dunes.poly([*crest, *reversed(shadowed)], shade("#fff0c4", 0.1), 0.5)
        if lift > 0:
            for x in _spread(place, dunes.width, 5):
                _saguaro(dunes, x, height_at(crest, x) + 10, dice.uniform(60, 110), shade("#4f9155", 0.1), shade("#2f6b4a", 0.08))
        place.lay(dunes, parallax)
    ground, _ = _ground(place, ("#fbdd9d", "#efbf75", "#c98445"), crest="#fff6d0")
    for index in range(26):
        y = place.horizon + 40 + (place.bottom - place.horizon - 40) * (index / 26) ** 1.2
        x = dice.uniform(0, ground.width)
        long = dice.uniform(50, 150) * (0.6 + index / 26)
        ground.path(
            f"M{x - long:.1f} {y:.1f}q{long / 2:.1f} {-5 - index * 0.2:.1f} {long:.1f} 0t{long:.1f} 0",
            "none",
            (x - long, x + long),
            f'stroke="{shade("#b8733c")}" stroke-opacity="0.28" stroke-width="{1.5 + index * 0.08:.1f}" stroke-linecap="round"',
        )
    for x, y, nearness in _strewn(place, 34):
        size = 7 + 16 * nearness
        if dice.random() < 0.6:
            things.stone(ground, x, y, size * 1.4, shade(dice.choice(("#c48a5c", "#a86f4a"))))
        else:
            things.tuft(ground, x, y, size * 1.1, shade("#a9934a"), dice, 6)
    place.lay(ground, 1.0)


def _saguaro(brush: Brush, x: float, y: float, size: float, green: str, dark: str) -> None:
    wide = size * 0.16
    paint = brush.across(x - size * 0.35, x + size * 0.35, (0, mix(green, "#ffffff", 0.22)), (0.5, green), (1, dark))
    style = f'stroke="{paint}" stroke-width="{wide:.1f}" stroke-linecap="round" stroke-linejoin="round"'
    brush.oval(x, y, size * 0.3, size * 0.05, "#000000", 0.18)
    brush.path(
        f"M{x:.1f} {y - wide / 2:.1f}V{y - size * 0.9:.1f}M{x:.1f} {y - size * 0.35:.1f}H{x - size * 0.27:.1f}V{y - size * 0.62:.1f}"
        f"M{x:.1f} {y - size * 0.48:.1f}H{x + size * 0.26:.1f}V{y - size * 0.76:.1f}",
        "none",
        (x - size * 0.4, x + size * 0.4),
        style,
    )


def snowfield(place: Place) -> None:
    paint_sky(place)
    dice, shade, light = place.dice, place.light.shade, place.light
    if light.night and light.dim < 0.3:
        aurora = place.backdrop()
        for index, colour in enumerate(("#46f0a8", "#5fd8ff", "#b08bff")):
            top = place.horizon * (0.12 + 0.13 * index)
            line = things.crest_of(aurora.width, top, 46, (1, 2, 3), dice, 18)
            fill = aurora.down(top - 60, top + 210, (0, colour, 0.0), (0.35, colour, 0.5), (1, colour, 0.0))
            aurora.poly([*line, *[(x, y + 190) for x, y in reversed(line)]], fill)
        place.lay(aurora, 0.03, bob=(7, 9, 0), soften=14)
    _peaks(place, place.horizon + 6, 190, 5, shade("#b9cde6", 0.42), shade("#93add3", 0.4), shade("#ffffff", 0.12), place.ground, 0.1)
    for parallax, lift, count, low, high, depth in ((0.28, -4, 22, 34, 60, 0.3), (0.55, 20, 9, 85, 150, 0.06)):
        woods = place.brush()
        crest = woods.ridge(
            place.horizon + lift, 16, (1, 2, 4), dice, place.bottom,
            woods.down(place.horizon - 20, place.horizon + 80, (0, shade("#f7fbff", depth * 0.6)), (1, shade("#cfe0f3", depth * 0.6))),
        )
        for x in _spread(place, woods.width, count):
            things.pine(
                woods, x, height_at(crest, x) + 8, dice.uniform(low, high),
                shade(dice.choice(("#3f7a74", "#2f6a6b")), depth), shade("#5a4538", depth), shade("#ffffff", depth * 0.5),
            )
        place.lay(woods, parallax)
    ground, _ = _ground(place, ("#ffffff", "#e8f2fc", "#b4cdea"), crest="#ffffff")
    for x, y, nearness in _strewn(place, 46):
        wide = 30 + 90 * nearness
        ground.oval(x, y, wide, 4 + 8 * nearness, shade("#ffffff"), 0.65)
        ground.oval(x + wide * 0.1, y + 4 + 5 * nearness, wide * 0.9, 3 + 5 * nearness, shade("#9fbde0"), 0.3)
    for _ in range(90):
        ground.oval(dice.uniform(0, ground.width), dice.uniform(place.horizon + 40, place.bottom), 1.3, 1.3, "#ffffff", dice.uniform(0.4, 1))
    place.lay(ground, 1.0)
    front = place.brush()
    crest = front.ridge(place.height - 8, 16, (1, 2), dice, place.bottom, front.down(place.height - 30, place.bottom, (0, shade("#ffffff")), (1, shade("#c6daf0"))))
    place.lay(front, 1.35, front=True, soften=2)


def beach(place: Place) -> None:
    paint_sky(place)
    dice, shade, light = place.dice, place.light.shade, place.light
    sea_top, shore = place.horizon - 40, place.horizon + 34
    sea = place.backdrop()
    sea.rect(
        0, sea_top, sea.width, place.bottom - sea_top,
        sea.down(sea_top, shore + 20, (0, shade("#2f8fd0", 0.35)), (0.35, shade("#1f9fd6", 0.1)), (1, shade("#5fdde0"))),
    )
    sun_x = sea.width * (place.margin + place.light.sun[0] * place.width) / (place.width + 2 * place.margin)
    for index in range(46):
        y = sea_top + 2 + (shore - sea_top) * (index / 46) ** 1.4
        reach = 14 + 70 * index / 46
        x = sun_x + dice.gauss(0, 0.6) * reach
        sea.rect(x - reach * 0.3, y, reach * dice.uniform(0.3, 0.8), 1.2 + index * 0.04, light.glow, 1, 0.55)
    for _ in range(60):
        y = sea_top + 4 + (shore - sea_top) * dice.random()
        sea.rect(dice.uniform(0, sea.width), y, dice.uniform(8, 40), 1.3, shade("#d8f6ff", 0.1), 1, 0.35)
    place.lay(sea, 0.03)
    island = place.brush(1.4)
    for x in _spread(place, island.width, 2):
        wide = dice.uniform(70, 120)
        island.path(
            f"M{x - wide:.1f} {sea_top + 5:.1f}Q{x - wide * 0.4:.1f} {sea_top - 44:.1f} {x:.1f} {sea_top - 36:.1f}T{x + wide:.1f} {sea_top + 5:.1f}Z",
            island.down(sea_top - 50, sea_top + 5, (0, shade("#4f9a76", 0.45)), (1, shade("#7fb89a", 0.6))),
            (x - wide, x + wide),
        )
        for dx in (-22, 6, 26):
            _palm(island, x + dx, sea_top - 26, 42 + dx * 0.3, shade("#3f8a60", 0.45), shade("#7a6a55", 0.45), 1 if dx > 0 else -1)
    place.lay(island, 0.07)
    for index, (parallax, at, drift) in enumerate(((0.2, 0.35, 9), (0.4, 0.62, -13), (0.65, 0.88, 17))):
        waves = place.brush()
        y = sea_top + (shore - sea_top) * at
        crest = things.crest_of(waves.width, y, 3 + 2.5 * index, (5 - index, 9 - index, 13), dice)
        body = waves.down(y - 6, y + 34, (0, shade(("#3fb4de", "#3cc4df", "#5fdce2")[index])), (1, shade(("#1f96cc", "#2fb2d6", "#8feae6")[index])))
        waves.poly([*crest, (waves.width, place.bottom if index == 2 else y + 50), (0, place.bottom if index == 2 else y + 50)], body)
        waves.stroke(crest, shade("#ffffff"), 1.6 + index * 0.9, 0.55 + 0.15 * index)
        place.lay(waves, parallax, drift=drift, bob=(3 + 2 * index, 3.2 + index, index * 1.7))
    sand = place.brush()
    top = shore - 4
    line = things.crest_of(sand.width, top, 7, (2, 3, 5), dice)
    foam = [(x, y - 7) for x, y in line]
    sand.poly([*foam, (sand.width, place.bottom), (0, place.bottom)], shade("#ffffff"), 0.85)
    sand.poly([*line, (sand.width, place.bottom), (0, place.bottom)], shade("#c99a63"))
    dry = [(x, y + 13 + 4 * math.sin(x / 37)) for x, y in line]
    fill = sand.down(top, place.bottom, (0, shade("#f3d39a")), (0.3, shade("#f9dfa8")), (1, shade("#e0ae6c")))
    sand.poly([*dry, (sand.width, place.bottom), (0, place.bottom)], fill)
    for x, y, nearness in _strewn(place, 42):
        choice, size = dice.random(), 5 + 11 * nearness
        if choice < 0.25:
            _starfish(sand, x, y, size, shade(dice.choice(("#ff7f5c", "#f25f7a"))))
        elif choice < 0.55:
            sand.oval(x, y, size * 0.6, size * 0.42, shade(dice.choice(("#fff1e0", "#ffd3c4", "#e8d6ff"))))
            sand.stroke([(x - size * 0.3, y), (x + size * 0.3, y)], shade("#c9977a"), 1, 0.5)
        else:
            sand.oval(x, y, size * 2.6, size * 0.4, shade("#d9a561"), 0.35)
    place.lay(sand, 1.0)
    palm = place.brush(1.25)
    x = place.width * 0.04
    _palm(palm, x, place.horizon + 62, min(430, place.height * 0.5), shade("#2f9a57"), shade("#9a7048"), 1)
    place.lay(palm, 0.8)


def _palm(brush: Brush, x: float, y: float, size: float, leaf: str, trunk: str, lean: int) -> None:
    top_x, top_y = x + lean * size * 0.2, y - size * 0.78
    wide = size * 0.035
    brush.path(
        f"M{x - wide * 1.3:.1f} {y:.1f}Q{x + lean * size * 0.02:.1f} {y - size * 0.5:.1f} {top_x - wide * 0.7:.1f} {top_y:.1f}"
        f"h{wide * 1.4:.1f}Q{x + lean * size * 0.06 + wide * 1.5:.1f} {y - size * 0.45:.1f} {x + wide * 1.5:.1f} {y:.1f}Z",
        brush.across(x - wide, top_x + wide * 2, (0, mix(trunk, "#ffffff", 0.2)), (1, mix(trunk, "#20120a", 0.25))),
        (x - size, x + size),
    )
    for index, angle in enumerate((-168, -140, -105, -75, -40, -12, 15, -195)):
        a = math.radians(angle)
        long = size * (0.42 if index % 2 else 0.46)
        tip_x, tip_y = top_x + math.cos(a) * long, top_y + math.sin(a) * long * 0.62 + long * 0.24
        mid_x, mid_y = top_x + math.cos(a) * long * 0.55, top_y + math.sin(a) * long * 0.75 - long * 0.06
        side = size * 0.055
        colour = mix(leaf, "#eaffa0" if index % 2 else "#062a26", 0.14)
        brush.path(
            f"M{top_x:.1f} {top_y:.1f}Q{mid_x:.1f} {mid_y - side:.1f} {tip_x:.1f} {tip_y:.1f}Q{mid_x:.1f} {mid_y + side * 1.5:.1f} {top_x:.1f} {top_y:.1f}Z",
            colour,
            (x - size, x + size),
        )
    for dx in (-1.2, 0.4, 1.6):
        brush.oval(top_x + dx * wide, top_y + wide * 1.2, wide * 0.9, wide * 0.95, mix(trunk, "#3a1e0c", 0.4))


def _starfish(brush: Brush, x: float, y: float, size: float, colour: str) -> None:
    points = []
    for index in range(10):
        radius = size * (1.0 if index % 2 == 0 else 0.42)
        a = index * math.pi / 5 - math.pi / 2
        points.append((x + math.cos(a) * radius, y + math.sin(a) * radius * 0.6))
    brush.poly(points, colour)
