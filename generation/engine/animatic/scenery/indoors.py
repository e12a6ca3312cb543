"""Under a roof: a living room and a theatre's stage."""

from __future__ import annotations

import math

from generation.engine.animatic.scenery.brush import Brush
from generation.engine.animatic.scenery.light import mix
from generation.engine.animatic.scenery.place import Place
from generation.engine.storyboard import TimeOfDay


def room(place: Place) -> None:
    dice, light = place.dice, place.light
    shade = light.shade
    wall_tint = dice.choice(
        (("#f6d9c0", "#eec3a4"), ("#cfe5e0", "#a9d0ca"), ("#f3d7de", "#e4b6c4"), ("#dcd9f0", "#bdb8e2"))
    )
    floor_at = place.ground - min(70.0, place.height * 0.1)
    wall = place.brush()
    wall.rect(
        -5,
        wall.top,
        wall.width + 10,
        wall.height,
        wall.down(0, floor_at, (0, shade(wall_tint[1])), (1, shade(wall_tint[0]))),
    )
    columns = int(wall.width // 46)
    for index in range(columns):
        x = (index + 0.5) * wall.width / columns
        wall.rect(x - 8, wall.top, 16, floor_at - wall.top, shade("#ffffff"), 0, 0.13)
    wall.rect(-5, floor_at - 84, wall.width + 10, 84, shade("#fbf4ea"))
    for index in range(int(wall.width // 70)):
        x = index * wall.width / (wall.width // 70)
        wall.rect(x + 9, floor_at - 68, wall.width / (wall.width // 70) - 18, 50, shade("#efe4d6"), 4)
    wall.rect(-5, floor_at - 90, wall.width + 10, 9, shade("#ffffff"), 2)
    wall.rect(-5, floor_at - 12, wall.width + 10, 13, shade("#ffffff"))
    centre = place.width * 0.5
    high = max(170.0, min(330.0, floor_at * 0.48))
    top = max(36.0, floor_at - 120 - high)
    _window(place, wall, centre - 96, top, 192, high)
    for x, wide, tall, lift in (
        (centre + 190, 84, 104, 0.2),
        (centre + 300, 62, 62, 0.5),
        (centre - 250, 96, 74, 0.3),
        (centre - 372, 60, 84, 0.1),
    ):
        _picture(place, wall, x % wall.width, top + high * lift, wide, tall)
    _shelf(place, wall, (centre + 250) % wall.width, top + high * 0.86)
    place.lay(wall, 0.55)

    floor = place.brush()
    floor.rect(
        -5,
        floor_at,
        floor.width + 10,
        place.bottom - floor_at,
        floor.down(floor_at, place.bottom, (0, shade("#c98f5c")), (1, shade("#a5683d"))),
    )
    y, row = float(floor_at), 0
    while y < place.bottom:
        deep = 15 + row * 7
        floor.rect(-5, y, floor.width + 10, 1.6, shade("#7c4b2b"), 0, 0.5)
        boards = max(3, int(floor.width // (190 + row * 24)))
        for index in range(boards):
            x = (index + (row % 3) / 3) * floor.width / boards
            floor.rect(x, y, 1.6, deep, shade("#7c4b2b"), 0, 0.45)
            floor.rect(
                x + 3,
                y + 2,
                floor.width / boards - 6,
                deep - 3,
                shade(dice.choice(("#d9a06b", "#b87c4c"))),
                0,
                0.25,
            )
        y, row = y + deep, row + 1
    floor.rect(
        -5,
        floor_at,
        floor.width + 10,
        16,
        floor.down(floor_at, floor_at + 16, (0, "#000000", 0.22), (1, "#000000", 0.0)),
    )
    rug = dice.choice(("#d9574f", "#3f7fb8", "#e0a13c", "#5f9e7a"))
    reach = place.width * 0.46
    for share, colour in (
        (1.0, rug),
        (0.88, mix(rug, "#fff2dc", 0.75)),
        (0.82, rug),
        (0.55, mix(rug, "#fff2dc", 0.55)),
        (0.49, mix(rug, "#20101a", 0.15)),
    ):
        floor.oval(centre, place.ground + 16, reach * share, 54 * share, shade(colour))
    place.lay(floor, 1.0)

    stuff = place.brush()
    _sofa(
        place, stuff, centre - 275, floor_at + 14, dice.choice(("#e07a5f", "#5f8fc4", "#6fae8f", "#b07ac0"))
    )
    _floor_lamp(place, stuff, centre + 190, floor_at + 16)
    _plant(place, stuff, centre + 262, floor_at + 22)
    place.lay(stuff, 0.9)
    if not light.night:
        beam = place.backdrop()
        x = place.margin + centre
        paint = beam.down(top, place.ground + 60, (0, light.glow, 0.3), (1, light.glow, 0.06))
        beam.poly(
            [(x - 90, top), (x + 90, top), (x - 20, place.ground + 70), (x - 290, place.ground + 70)], paint
        )
        place.lay(beam, 0.55, front=False, soften=9)
    else:
        warm = place.backdrop()
        warm.glow(place.margin + centre + 190, floor_at - 196, 330, "#ffca7a", 0.5)
        place.lay(warm, 0.8)


def _window(place: Place, brush: Brush, x: float, y: float, w: float, h: float) -> None:
    light, shade = place.light, place.light.shade
    brush.rect(x - 12, y - 12, w + 24, h + 24, shade("#ffffff"), 5)
    brush.rect(x, y, w, h, brush.down(y, y + h, *light.sky))
    if light.night:
        for _ in range(24):
            brush.oval(
                x + place.dice.uniform(4, w - 4),
                y + place.dice.uniform(4, h * 0.75),
                1.2,
                1.2,
                "#ffffff",
                0.8,
            )
        brush.oval(x + w * 0.7, y + h * 0.24, 17, 17, "#f4f2e2")
        brush.oval(x + w * 0.7 + 7, y + h * 0.24 - 4, 14, 14, light.sky[1][1])
    else:
        brush.oval(x + w * 0.72, y + h * 0.28, 20, 20, light.glow)
        brush.oval(x + w * 0.34, y + h * 0.3, 27, 9, "#ffffff", 0.8)
        brush.oval(x + w * 0.42, y + h * 0.27, 17, 10, "#ffffff", 0.8)
    hill = 0.42 if light.night else 0.1
    brush.path(
        f"M{x:.1f} {y + h * 0.8:.1f}Q{x + w * 0.3:.1f} {y + h * 0.62:.1f} {x + w * 0.55:.1f} {y + h * 0.78:.1f}T{x + w:.1f} {y + h * 0.74:.1f}V{y + h:.1f}H{x:.1f}Z",
        mix("#6fb35c", "#10204a", hill * 1.6),
    )
    for at in (0.5,):
        brush.rect(x + w * at - 4, y, 8, h, shade("#ffffff"))
    brush.rect(x, y + h * 0.45, w, 7, shade("#ffffff"))
    brush.rect(x - 22, y + h + 9, w + 44, 12, shade("#ffffff"), 3)
    brush.stroke([(x - 62, y - 26), (x + w + 62, y - 26)], shade("#8a5a3c"), 6)
    cloth = place.dice.choice(("#e8836b", "#6d9ec9", "#e3b04b", "#8fae6a"))
    for side in (-1, 1):
        edge = x - 58 if side < 0 else x + w + 58
        inner = edge - side * 82
        fill = brush.across(
            edge,
            inner,
            (0, shade(mix(cloth, "#1a0d10", 0.12))),
            (0.3, shade(cloth)),
            (0.5, shade(mix(cloth, "#1a0d10", 0.18))),
            (0.75, shade(mix(cloth, "#ffffff", 0.15))),
            (1, shade(cloth)),
        )
        low = y + h + 44
        brush.path(
            f"M{edge:.1f} {y - 28:.1f}L{inner:.1f} {y - 28:.1f}Q{inner + side * 6:.1f} {y + h * 0.4:.1f} {edge - side * 44:.1f} {y + h * 0.66:.1f}L{edge - side * 62:.1f} {low:.1f}L{edge:.1f} {low:.1f}Z",
            fill,
        )


def _picture(place: Place, brush: Brush, x: float, y: float, w: float, h: float) -> None:
    shade, dice = place.light.shade, place.dice
    brush.rect(x + 3, y + 5, w, h, "#000000", 3, 0.15)
    brush.rect(x, y, w, h, shade("#7a5236"), 3)
    art = dice.choice((("#ffd7a8", "#e8795e"), ("#bfe3f0", "#3f86b0"), ("#e6f0c4", "#6f9e4f")))
    brush.rect(x + 7, y + 7, w - 14, h - 14, shade(art[0]))
    brush.path(
        f"M{x + 7:.1f} {y + h * 0.7:.1f}Q{x + w * 0.35:.1f} {y + h * 0.4:.1f} {x + w * 0.6:.1f} {y + h * 0.66:.1f}T{x + w - 7:.1f} {y + h * 0.58:.1f}V{y + h - 7:.1f}H{x + 7:.1f}Z",
        shade(art[1]),
        (x, x + w),
    )
    brush.oval(x + w * 0.7, y + h * 0.3, h * 0.1, h * 0.1, shade("#fff6dc"))


def _shelf(place: Place, brush: Brush, x: float, y: float) -> None:
    shade, dice = place.light.shade, place.dice
    at = x
    while at < x + 118:
        w, h = dice.uniform(9, 17), dice.uniform(34, 54)
        brush.rect(
            at,
            y - h,
            w,
            h,
            shade(dice.choice(("#e0664f", "#4f86b8", "#e8b04a", "#6aa37a", "#8a6ab0", "#f0e6d2"))),
            2,
        )
        at += w + 1
    brush.rect(x - 10, y, 150, 9, shade("#8a5a3c"), 2)


def _sofa(place: Place, brush: Brush, x: float, y: float, colour: str) -> None:
    shade = place.light.shade
    main, dark, pale = shade(colour), shade(mix(colour, "#1a0d20", 0.25)), shade(mix(colour, "#ffffff", 0.22))
    brush.oval(x + 120, y + 4, 140, 9, "#000000", 0.2)
    brush.rect(x, y - 112, 240, 92, brush.down(y - 112, y - 30, (0, pale), (0.25, main), (1, dark)), 22)
    for side in (14, 122):
        brush.rect(x + side, y - 66, 104, 44, brush.down(y - 66, y - 22, (0, pale), (1, main)), 12)
    brush.rect(x - 16, y - 78, 42, 74, brush.down(y - 78, y, (0, pale), (0.4, main), (1, dark)), 18)
    brush.rect(x + 214, y - 78, 42, 74, brush.down(y - 78, y, (0, pale), (0.4, main), (1, dark)), 18)
    brush.rect(x + 4, y - 28, 232, 26, dark, 8)
    brush.rect(x + 40, y - 92, 46, 42, shade("#ffe3b0"), 10)


def _floor_lamp(place: Place, brush: Brush, x: float, y: float) -> None:
    shade = place.light.shade
    brush.oval(x, y, 26, 6, "#000000", 0.2)
    brush.rect(x - 22, y - 7, 44, 7, shade("#5a4638"), 3)
    brush.rect(x - 2, y - 196, 4, 190, shade("#5a4638"))
    lampshade = "#ffe2a6" if place.light.night else shade("#f6e3c4")
    brush.poly(
        [(x - 24, y - 236), (x + 24, y - 236), (x + 42, y - 180), (x - 42, y - 180)],
        brush.down(y - 236, y - 180, (0, mix(lampshade, "#b98a5a", 0.25)), (1, lampshade)),
    )


def _plant(place: Place, brush: Brush, x: float, y: float) -> None:
    shade = place.light.shade
    for index, angle in enumerate((-70, -44, -20, 4, 28, 52, 74)):
        a = math.radians(angle)
        long = 92 - abs(angle) * 0.4
        tip = (x + math.sin(a) * long, y - 44 - math.cos(a) * long)
        bend = (x + math.sin(a * 0.3) * long * 0.6, y - 44 - math.cos(a * 0.3) * long * 0.7)
        colour = shade(mix("#3f9a5c", "#d9ff9c" if index % 2 else "#06281e", 0.16))
        brush.path(
            f"M{x - 3:.1f} {y - 40:.1f}Q{bend[0] - 13:.1f} {bend[1]:.1f} {tip[0]:.1f} {tip[1]:.1f}Q{bend[0] + 13:.1f} {bend[1] + 8:.1f} {x + 3:.1f} {y - 40:.1f}Z",
            colour,
            (x - 100, x + 100),
        )
    brush.oval(x, y, 34, 6, "#000000", 0.2)
    brush.poly(
        [(x - 28, y - 48), (x + 28, y - 48), (x + 20, y), (x - 20, y)],
        brush.across(x - 28, x + 28, (0, shade("#f2d7c0")), (1, shade("#c78f6c"))),
    )
    brush.rect(x - 31, y - 54, 62, 11, shade("#f7e3d0"), 4)


def stage(place: Place) -> None:
    dice, light = place.dice, place.light
    lip = place.ground - min(66.0, place.height * 0.1)
    tone = {
        TimeOfDay.DAWN: "#7a3f78",
        TimeOfDay.DAY: "#3b4fa8",
        TimeOfDay.SUNSET: "#a8405c",
        TimeOfDay.NIGHT: "#2a2f7a",
    }[light.time]
    back = place.backdrop()
    middle = back.width / 2
    back.rect(
        0,
        back.top,
        back.width,
        back.height,
        back.round(
            middle,
            lip - 130,
            place.height * 0.66,
            (0, mix(tone, "#ffffff", 0.32)),
            (0.5, tone),
            (1, mix(tone, "#05030f", 0.72)),
        ),
    )
    for _ in range(40):
        spot = dice.uniform(0, back.width), dice.uniform(-place.margin, lip - 20)
        back.glow(*spot, dice.uniform(4, 13), "#fff1c4", dice.uniform(0.2, 0.6))
    place.lay(back, 0.1)
    for index, (side, colour) in enumerate(((-1, "#ffdf8a"), (1, "#ff9fd0"), (-0.35, "#9fe0ff"))):
        beam = place.backdrop()
        x = middle + side * place.width * 0.34
        target = middle - side * place.width * 0.1
        beam.poly(
            [
                (x - 12, -place.margin),
                (x + 12, -place.margin),
                (target + 105, place.ground),
                (target - 105, place.ground),
            ],
            beam.down(-place.margin, place.ground, (0, colour, 0.5), (0.6, colour, 0.2), (1, colour, 0.1)),
        )
        place.lay(beam, 0.4, sway=(1.6, 4.5 + index, index * 2.1), soften=6)
    floor = place.brush()
    floor.rect(
        -5,
        lip,
        floor.width + 10,
        place.bottom,
        floor.down(lip, place.bottom, (0, "#b06a3d"), (0.35, "#8a4a2c"), (1, "#4a2418")),
    )
    boards = int(floor.width // 44)
    for index in range(boards):
        x = index * floor.width / boards
        floor.rect(x, lip, 2, place.bottom - lip, "#3a1a10", 0, 0.45)
        floor.rect(
            x + 4,
            lip,
            floor.width / boards - 9,
            place.bottom - lip,
            dice.choice(("#ffc489", "#20100a")),
            0,
            0.06,
        )
    floor.rect(
        -5, lip, floor.width + 10, 12, floor.down(lip, lip + 12, (0, "#000000", 0.35), (1, "#000000", 0))
    )
    place.lay(floor, 1.0)
    pools = place.backdrop()
    for dx, colour in ((-0.1, "#ffdf8a"), (0.12, "#ffb3dc")):
        x = middle + dx * place.width
        pools.oval(
            x,
            place.ground + 8,
            190,
            46,
            pools.round(x, place.ground + 8, 190, (0, colour, 0.5), (0.7, colour, 0.22), (1, colour, 0)),
        )
    place.lay(pools, 1.0)
    _curtains(place)


def _curtains(place: Place) -> None:
    curtain = place.backdrop()
    lip = place.ground + 24
    for side in (-1, 1):
        edge = 0.0 if side < 0 else curtain.width
        for fold in range(5):
            wide = (place.margin + place.width * 0.17) / 5
            a = edge - side * wide * fold
            b = a - side * wide * 1.12
            left, right = min(a, b), max(a, b)
            paint = curtain.across(
                left, right, (0, "#5a0a1c"), (0.4, "#c3202f"), (0.58, "#e8443f"), (1, "#6b0d20")
            )
            curtain.path(
                f"M{left:.1f} {-place.margin:.1f}H{right:.1f}Q{right - side * 5:.1f} {lip * 0.5:.1f} {right + side * fold:.1f} {lip:.1f}Q{(left + right) / 2:.1f} {lip + 9:.1f} {left + side * fold:.1f} {lip:.1f}Z",
                paint,
            )
    swags = max(3, round(curtain.width / 150))
    for index in range(swags):
        x, w = index * curtain.width / swags, curtain.width / swags
        paint = curtain.down(-place.margin, 84, (0, "#7a0f24"), (0.7, "#cf2a35"), (1, "#8a1226"))
        curtain.path(f"M{x:.1f} {-place.margin:.1f}H{x + w:.1f}V34Q{x + w / 2:.1f} 104 {x:.1f} 34Z", paint)
        curtain.path(
            f"M{x:.1f} 34Q{x + w / 2:.1f} 104 {x + w:.1f} 34",
            "none",
            None,
            'stroke="#ffcf5c" stroke-width="5"',
        )
    place.lay(curtain, 0.85)
    crowd = place.brush()
    for index in range(15):
        x = (index + place.dice.uniform(0.2, 0.8)) * crowd.width / 15
        y = place.height + place.dice.uniform(6, 22)
        crowd.oval(x, y - 26, 21, 24, "#120816")
        crowd.oval(x, y + 26, 42, 36, "#120816")
    place.lay(crowd, 1.4, front=True, bob=(3, 0.9, 0), soften=1.5)
