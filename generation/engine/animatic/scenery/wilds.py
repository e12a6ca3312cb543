"""Bare country: desert, snowfield, beach."""

from __future__ import annotations

import math

from generation.engine.animatic.scenery import brush as things
from generation.engine.animatic.scenery.brush import Brush, height_at
from generation.engine.animatic.scenery.country import ground_of, peaks, spread, strewn
from generation.engine.animatic.scenery.light import mix
from generation.engine.animatic.scenery.place import Place
from generation.engine.animatic.scenery.sky import paint_sky


def desert(place: Place) -> None:
    paint_sky(place, clouds=2)
    dice, shade = place.dice, place.light.shade
    mesas = place.brush()
    for x in spread(place, mesas.width, 4):
        wide, high = dice.uniform(80, 150) * place.lofty, dice.uniform(80, 160) * place.lofty
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
            mesas.stroke(
                [(x - wide * 0.53, top + high * band), (x + wide * 0.53, top + high * band + 2)],
                shade("#8f4436", 0.3),
                3,
                0.4,
            )
    place.lay(mesas, 0.1)
    for parallax, lift, swell, colours in (
        (0.25, -14, 26, ("#f7cf8a", "#dd9f5c")),
        (0.5, 12, 20, ("#f9d795", "#e0a45c")),
    ):
        dunes = place.brush()
        crest = dunes.ridge(
            place.horizon + lift,
            swell,
            (1, 2, 3),
            dice,
            place.bottom,
            dunes.down(
                place.horizon + lift - swell,
                place.horizon + 80,
                (0, shade(colours[0], 0.22 - lift / 100)),
                (1, shade(colours[1], 0.1)),
            ),
        )
        shadowed = [(x, y + max(0.0, math.sin(x / dunes.width * math.tau * 3) * 26 + 14)) for x, y in crest]
        dunes.poly([*crest, *reversed(shadowed)], shade("#fff0c4", 0.1), 0.5)
        if lift > 0:
            for x in spread(place, dunes.width, 5):
                _saguaro(
                    dunes,
                    x,
                    height_at(crest, x) + 10,
                    dice.uniform(70, 120) * place.lofty,
                    shade("#4f9155", 0.1),
                    shade("#2f6b4a", 0.08),
                )
        place.lay(dunes, parallax)
    ground, _ = ground_of(place, ("#fbdd9d", "#efbf75", "#c98445"), crest="#fff6d0")
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
    for x, y, nearness in strewn(place, 34):
        size = 7 + 16 * nearness
        if dice.random() < 0.6:
            things.stone(ground, x, y, size * 1.4, shade(dice.choice(("#c48a5c", "#a86f4a"))))
        else:
            things.tuft(ground, x, y, size * 1.1, shade("#a9934a"), dice, 6)
    place.lay(ground, 1.0)


def _saguaro(brush: Brush, x: float, y: float, size: float, green: str, dark: str) -> None:
    wide = size * 0.16
    paint = brush.across(
        x - size * 0.35, x + size * 0.35, (0, mix(green, "#ffffff", 0.22)), (0.5, green), (1, dark)
    )
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
    peaks(
        place,
        place.horizon + 6,
        190 * place.lofty,
        5,
        shade("#b9cde6", 0.42),
        shade("#93add3", 0.4),
        shade("#ffffff", 0.12),
        place.ground,
        0.1,
    )
    for parallax, lift, count, low, high, depth in (
        (0.28, -4, 22, 34, 60, 0.3),
        (0.55, 20, 9, 85, 150, 0.06),
    ):
        woods = place.brush()
        crest = woods.ridge(
            place.horizon + lift,
            16,
            (1, 2, 4),
            dice,
            place.bottom,
            woods.down(
                place.horizon - 20,
                place.horizon + 80,
                (0, shade("#f7fbff", depth * 0.6)),
                (1, shade("#cfe0f3", depth * 0.6)),
            ),
        )
        for x in spread(place, woods.width, count):
            things.pine(
                woods,
                x,
                height_at(crest, x) + 8,
                dice.uniform(low, high) * place.lofty,
                shade(dice.choice(("#3f7a74", "#2f6a6b")), depth),
                shade("#5a4538", depth),
                shade("#ffffff", depth * 0.5),
            )
        place.lay(woods, parallax)
    ground, _ = ground_of(place, ("#ffffff", "#e8f2fc", "#b4cdea"), crest="#ffffff")
    for x, y, nearness in strewn(place, 46):
        wide = 30 + 90 * nearness
        ground.oval(x, y, wide, 4 + 8 * nearness, shade("#ffffff"), 0.65)
        ground.oval(x + wide * 0.1, y + 4 + 5 * nearness, wide * 0.9, 3 + 5 * nearness, shade("#9fbde0"), 0.3)
    for _ in range(90):
        ground.oval(
            dice.uniform(0, ground.width),
            dice.uniform(place.horizon + 40, place.bottom),
            1.3,
            1.3,
            "#ffffff",
            dice.uniform(0.4, 1),
        )
    place.lay(ground, 1.0)
    front = place.brush()
    crest = front.ridge(
        place.height - 8,
        16,
        (1, 2),
        dice,
        place.bottom,
        front.down(place.height - 30, place.bottom, (0, shade("#ffffff")), (1, shade("#c6daf0"))),
    )
    place.lay(front, 1.35, front=True, soften=2)


def beach(place: Place) -> None:
    paint_sky(place)
    dice, shade, light = place.dice, place.light.shade, place.light
    sea_top, shore = place.horizon - 40, place.horizon + 34
    sea = place.backdrop()
    sea.rect(
        0,
        sea_top,
        sea.width,
        place.bottom - sea_top,
        sea.down(
            sea_top,
            shore + 20,
            (0, shade("#2f8fd0", 0.35)),
            (0.35, shade("#1f9fd6", 0.1)),
            (1, shade("#5fdde0")),
        ),
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
    for x in spread(place, island.width, 2):
        wide = dice.uniform(70, 120)
        island.path(
            f"M{x - wide:.1f} {sea_top + 5:.1f}Q{x - wide * 0.4:.1f} {sea_top - 44:.1f} {x:.1f} {sea_top - 36:.1f}T{x + wide:.1f} {sea_top + 5:.1f}Z",
            island.down(sea_top - 50, sea_top + 5, (0, shade("#4f9a76", 0.45)), (1, shade("#7fb89a", 0.6))),
            (x - wide, x + wide),
        )
        for dx in (-22, 6, 26):
            _palm(
                island,
                x + dx,
                sea_top - 26,
                42 + dx * 0.3,
                shade("#3f8a60", 0.45),
                shade("#7a6a55", 0.45),
                1 if dx > 0 else -1,
            )
    place.lay(island, 0.07)
    for index, (parallax, at, drift) in enumerate(((0.2, 0.35, 9), (0.4, 0.62, -13), (0.65, 0.88, 17))):
        waves = place.brush()
        y = sea_top + (shore - sea_top) * at
        crest = things.crest_of(waves.width, y, 3 + 2.5 * index, (5 - index, 9 - index, 13), dice)
        body = waves.down(
            y - 6,
            y + 34,
            (0, shade(("#3fb4de", "#3cc4df", "#5fdce2")[index])),
            (1, shade(("#1f96cc", "#2fb2d6", "#8feae6")[index])),
        )
        waves.poly(
            [
                *crest,
                (waves.width, place.bottom if index == 2 else y + 50),
                (0, place.bottom if index == 2 else y + 50),
            ],
            body,
        )
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
    for x, y, nearness in strewn(place, 42):
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
        brush.across(
            x - wide, top_x + wide * 2, (0, mix(trunk, "#ffffff", 0.2)), (1, mix(trunk, "#20120a", 0.25))
        ),
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
