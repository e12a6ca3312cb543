"""Places that people built, and places without a horizon: city, room, stage, underwater, space."""

from __future__ import annotations

import math

from generation.engine.animatic.scenery import brush as things
from generation.engine.animatic.scenery.brush import Brush, height_at
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
            0, place.horizon - 330, haze.width, 420,
            haze.down(place.horizon - 330, place.horizon + 20, (0, "#ff9f6b", 0.0), (1, "#ffb27a", 0.42 if light.night else 0.25)),
        )
        place.lay(haze, 0.0)
    tall = min(1.0, place.horizon / 560)
    for index, (parallax, depth, low, high, wide, palette) in enumerate((
        (0.08, 0.62, 190, 400, (42, 84), ("#6f8fb4", "#7f9cc0")),
        (0.22, 0.36, 130, 320, (60, 104), ("#5b7aa0", "#8a93b8", "#6f86a3")),
        (0.42, 0.12, 110, 230, (84, 140), ("#c97b5e", "#d9a273", "#7f8fae", "#b0647a", "#5f93a6")),
    )):  # fmt: skip
        skyline = place.brush()
        x, base = 0.0, place.ground - 6
        while x < skyline.width - 20:
            w = min(dice.uniform(*wide), skyline.width - x)
            _tower(place, skyline, x, w, base, dice.uniform(low, high) * tall, shade(dice.choice(palette), depth), index, dusk)
            x += w + (dice.uniform(0, 6) if index < 2 else dice.uniform(2, 22))
        place.lay(skyline, parallax)
    _street(place, dusk)


def _tower(place: Place, brush: Brush, x: float, w: float, base: float, high: float, colour: str, row: int, dusk: bool) -> None:
    dice = place.dice
    top = place.horizon + 20 - high
    face = brush.across(x, x + w, (0, mix(colour, "#ffffff", 0.16)), (0.55, colour), (1, mix(colour, "#0b1530", 0.3)))
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
        brush.path(f"M{left:.1f} {top:.1f}h{step:.1f}v17a{step / 2:.1f} {step / 2:.1f} 0 0 1 {-step:.1f} 0Z", paint, (left, left + step))


def _street(place: Place, dusk: bool) -> None:
    dice, shade = place.dice, place.light.shade
    walk = place.brush()
    top, kerb = place.ground - 34, place.ground + 30
    for index in range(2):
        for x in (walk.width * (0.08 + 0.5 * index) + dice.uniform(0, 60),):
            things.round_tree(walk, x, top + 9, 132, shade("#5aa84a", 0.05), shade("#6f4d36", 0.05), shade("#fff0a0"))
    for index in range(3):
        _lamp(place, walk, walk.width * (0.2 + 0.33 * index), top + 8, dusk)
    walk.rect(-5, top, walk.width + 10, kerb - top, walk.down(top, kerb, (0, shade("#cfc7bd", 0.12)), (1, shade("#b5aca3"))))
    for index in range(int(walk.width // 46) + 1):
        x = index * walk.width / (walk.width // 46)
        walk.stroke([(x, top), (x - 22, kerb)], shade("#8f877f"), 1.3, 0.5, (x - 30, x + 10))
    walk.rect(-5, top, walk.width + 10, 2, shade("#efe8dc"), 0, 0.7)
    walk.rect(-5, kerb - 1, walk.width + 10, 9, walk.down(kerb, kerb + 9, (0, shade("#e6e0d6")), (1, shade("#938c86"))))
    road = walk.down(kerb, place.bottom, (0, shade("#565b69")), (1, shade("#3c404d")))
    walk.rect(-5, kerb + 8, walk.width + 10, place.bottom - kerb, road)
    dashes = max(4, int(walk.width // 120))
    lane = kerb + 8 + (place.height - kerb) * 0.42
    for index in range(dashes):
        x = index * walk.width / dashes + 20
        walk.poly([(x, lane), (x + 64, lane), (x + 58, lane + 9), (x - 8, lane + 9)], shade("#f5efe0"), 0.9)
    for _ in range(40):
        walk.oval(dice.uniform(0, walk.width), dice.uniform(kerb + 16, place.bottom), dice.uniform(5, 26), 1.4, "#ffffff", 0.05)
    if dusk:
        for index in range(3):
            x = walk.width * (0.2 + 0.33 * index)
            walk.oval(x, kerb + 34, 120, 26, walk.round(x, kerb + 34, 120, (0, "#ffd58a", 0.35), (1, "#ffd58a", 0)))
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


def room(place: Place) -> None:
    dice, light = place.dice, place.light
    shade = light.shade
    wall_tint = dice.choice((("#f6d9c0", "#eec3a4"), ("#cfe5e0", "#a9d0ca"), ("#f3d7de", "#e4b6c4"), ("#dcd9f0", "#bdb8e2")))
    floor_at = place.ground - min(70.0, place.height * 0.1)
    wall = place.brush()
    wall.rect(-5, wall.top, wall.width + 10, wall.height, wall.down(0, floor_at, (0, shade(wall_tint[1])), (1, shade(wall_tint[0]))))
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
    for x, wide, tall, lift in ((centre + 190, 84, 104, 0.2), (centre + 300, 62, 62, 0.5), (centre - 250, 96, 74, 0.3), (centre - 372, 60, 84, 0.1)):
        _picture(place, wall, x % wall.width, top + high * lift, wide, tall)
    _shelf(place, wall, (centre + 250) % wall.width, top + high * 0.86)
    place.lay(wall, 0.55)

    stuff = place.brush()
    _sofa(place, stuff, centre - 275, floor_at + 14, dice.choice(("#e07a5f", "#5f8fc4", "#6fae8f", "#b07ac0")))
    _floor_lamp(place, stuff, centre + 190, floor_at + 16)
    _plant(place, stuff, centre + 262, floor_at + 22)
    place.lay(stuff, 0.8)

    floor = place.brush()
    floor.rect(-5, floor_at, floor.width + 10, place.bottom - floor_at, floor.down(floor_at, place.bottom, (0, shade("#c98f5c")), (1, shade("#a5683d"))))
    y, row = floor_at, 0
    while y < place.bottom:
        deep = 15 + row * 7
        floor.rect(-5, y, floor.width + 10, 1.6, shade("#7c4b2b"), 0, 0.5)
        boards = max(3, int(floor.width // (190 + row * 24)))
        for index in range(boards):
            x = (index + (row % 3) / 3) * floor.width / boards
            floor.rect(x, y, 1.6, deep, shade("#7c4b2b"), 0, 0.45)
            floor.rect(x + 3, y + 2, floor.width / boards - 6, deep - 3, shade(dice.choice(("#d9a06b", "#b87c4c"))), 0, 0.25)
        y, row = y + deep, row + 1
    floor.rect(-5, floor_at, floor.width + 10, 16, floor.down(floor_at, floor_at + 16, (0, "#000000", 0.22), (1, "#000000", 0.0)))
    rug = dice.choice(("#d9574f", "#3f7fb8", "#e0a13c", "#5f9e7a"))
    wide = place.width * 0.46
    for scale, colour in ((1.0, rug), (0.88, mix(rug, "#fff2dc", 0.75)), (0.82, rug), (0.55, mix(rug, "#fff2dc", 0.55)), (0.49, mix(rug, "#20101a", 0.15))):
        floor.oval(centre, place.ground + 16, wide * scale, 54 * scale, shade(colour))
    place.lay(floor, 1.0)
    if not light.night:
        beam = place.backdrop()
        x = place.margin + centre
        paint = beam.down(top, place.ground + 60, (0, light.glow, 0.3), (1, light.glow, 0.06))
        beam.poly([(x - 90, top), (x + 90, top), (x - 20, place.ground + 70), (x - 290, place.ground + 70)], paint)
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
            brush.oval(x + place.dice.uniform(4, w - 4), y + place.dice.uniform(4, h * 0.75), 1.2, 1.2, "#ffffff", 0.8)
        brush.oval(x + w * 0.7, y + h * 0.24, 17, 17, "#f4f2e2")
        brush.oval(x + w * 0.7 + 7, y + h * 0.24 - 4, 14, 14, light.sky[1][1])
    else:
        brush.oval(x + w * 0.72, y + h * 0.28, 20, 20, light.glow)
        brush.oval(x + w * 0.34, y + h * 0.3, 27, 9, "#ffffff", 0.8)
        brush.oval(x + w * 0.42, y + h * 0.27, 17, 10, "#ffffff", 0.8)
    hill = 0.42 if light.night else 0.1
    brush.path(f"M{x:.1f} {y + h * 0.8:.1f}Q{x + w * 0.3:.1f} {y + h * 0.62:.1f} {x + w * 0.55:.1f} {y + h * 0.78:.1f}T{x + w:.1f} {y + h * 0.74:.1f}V{y + h:.1f}H{x:.1f}Z", mix("#6fb35c", "#10204a", hill * 1.6))
    for at in (0.5,):
        brush.rect(x + w * at - 4, y, 8, h, shade("#ffffff"))
    brush.rect(x, y + h * 0.45, w, 7, shade("#ffffff"))
    brush.rect(x - 22, y + h + 9, w + 44, 12, shade("#ffffff"), 3)
    brush.stroke([(x - 62, y - 26), (x + w + 62, y - 26)], shade("#8a5a3c"), 6)
    cloth = place.dice.choice(("#e8836b", "#6d9ec9", "#e3b04b", "#8fae6a"))
    for side in (-1, 1):
        edge = x - 58 if side < 0 else x + w + 58
        inner = edge - side * 82
        fill = brush.across(edge, inner, (0, shade(mix(cloth, "#1a0d10", 0.12))), (0.3, shade(cloth)), (0.5, shade(mix(cloth, "#1a0d10", 0.18))), (0.75, shade(mix(cloth, "#ffffff", 0.15))), (1, shade(cloth)))
        low = y + h + 44
        brush.path(f"M{edge:.1f} {y - 28:.1f}L{inner:.1f} {y - 28:.1f}Q{inner + side * 6:.1f} {y + h * 0.4:.1f} {edge - side * 44:.1f} {y + h * 0.66:.1f}L{edge - side * 62:.1f} {low:.1f}L{edge:.1f} {low:.1f}Z", fill)


def _picture(place: Place, brush: Brush, x: float, y: float, w: float, h: float) -> None:
    shade, dice = place.light.shade, place.dice
    brush.rect(x + 3, y + 5, w, h, "#000000", 3, 0.15)
    brush.rect(x, y, w, h, shade("#7a5236"), 3)
    art = dice.choice((("#ffd7a8", "#e8795e"), ("#bfe3f0", "#3f86b0"), ("#e6f0c4", "#6f9e4f")))
    brush.rect(x + 7, y + 7, w - 14, h - 14, shade(art[0]))
    brush.path(f"M{x + 7:.1f} {y + h * 0.7:.1f}Q{x + w * 0.35:.1f} {y + h * 0.4:.1f} {x + w * 0.6:.1f} {y + h * 0.66:.1f}T{x + w - 7:.1f} {y + h * 0.58:.1f}V{y + h - 7:.1f}H{x + 7:.1f}Z", shade(art[1]), (x, x + w))
    brush.oval(x + w * 0.7, y + h * 0.3, h * 0.1, h * 0.1, shade("#fff6dc"))


def _shelf(place: Place, brush: Brush, x: float, y: float) -> None:
    shade, dice = place.light.shade, place.dice
    at = x
    while at < x + 118:
        w, h = dice.uniform(9, 17), dice.uniform(34, 54)
        brush.rect(at, y - h, w, h, shade(dice.choice(("#e0664f", "#4f86b8", "#e8b04a", "#6aa37a", "#8a6ab0", "#f0e6d2"))), 2)
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
    brush.poly([(x - 24, y - 236), (x + 24, y - 236), (x + 42, y - 180), (x - 42, y - 180)], brush.down(y - 236, y - 180, (0, mix(lampshade, "#b98a5a", 0.25)), (1, lampshade)))


def _plant(place: Place, brush: Brush, x: float, y: float) -> None:
    shade = place.light.shade
    for index, angle in enumerate((-70, -44, -20, 4, 28, 52, 74)):
        a = math.radians(angle)
        long = 92 - abs(angle) * 0.4
        tip = (x + math.sin(a) * long, y - 44 - math.cos(a) * long)
        bend = (x + math.sin(a * 0.3) * long * 0.6, y - 44 - math.cos(a * 0.3) * long * 0.7)
        colour = shade(mix("#3f9a5c", "#d9ff9c" if index % 2 else "#06281e", 0.16))
        brush.path(f"M{x - 3:.1f} {y - 40:.1f}Q{bend[0] - 13:.1f} {bend[1]:.1f} {tip[0]:.1f} {tip[1]:.1f}Q{bend[0] + 13:.1f} {bend[1] + 8:.1f} {x + 3:.1f} {y - 40:.1f}Z", colour, (x - 100, x + 100))
    brush.oval(x, y, 34, 6, "#000000", 0.2)
    brush.poly([(x - 28, y - 48), (x + 28, y - 48), (x + 20, y), (x - 20, y)], brush.across(x - 28, x + 28, (0, shade("#f2d7c0")), (1, shade("#c78f6c"))))
    brush.rect(x - 31, y - 54, 62, 11, shade("#f7e3d0"), 4)


def stage(place: Place) -> None:
    dice, light = place.dice, place.light
    lip = place.ground - min(66.0, place.height * 0.1)
    tone = {TimeOfDay.DAWN: "#7a3f78", TimeOfDay.DAY: "#3b4fa8", TimeOfDay.SUNSET: "#a8405c", TimeOfDay.NIGHT: "#2a2f7a"}[light.time]
    back = place.backdrop()
    middle = back.width / 2
    back.rect(0, back.top, back.width, back.height, back.round(middle, lip - 130, place.height * 0.66, (0, mix(tone, "#ffffff", 0.32)), (0.5, tone), (1, mix(tone, "#05030f", 0.72))))
    for _ in range(40):
        spot = dice.uniform(0, back.width), dice.uniform(-place.margin, lip - 20)
        back.glow(*spot, dice.uniform(4, 13), "#fff1c4", dice.uniform(0.2, 0.6))
    place.lay(back, 0.1)
    for index, (side, colour) in enumerate(((-1, "#ffdf8a"), (1, "#ff9fd0"), (-0.35, "#9fe0ff"))):
        beam = place.backdrop()
        x = middle + side * place.width * 0.34
        target = middle - side * place.width * 0.1
        beam.poly([(x - 12, -place.margin), (x + 12, -place.margin), (target + 105, place.ground), (target - 105, place.ground)], beam.down(-place.margin, place.ground, (0, colour, 0.5), (0.6, colour, 0.2), (1, colour, 0.1)))
        place.lay(beam, 0.4, sway=(1.6, 4.5 + index, index * 2.1), soften=6)
    floor = place.brush()
    floor.rect(-5, lip, floor.width + 10, place.bottom, floor.down(lip, place.bottom, (0, "#b06a3d"), (0.35, "#8a4a2c"), (1, "#4a2418")))
    boards = int(floor.width // 44)
    for index in range(boards):
        x = index * floor.width / boards
        floor.rect(x, lip, 2, place.bottom - lip, "#3a1a10", 0, 0.45)
        floor.rect(x + 4, lip, floor.width / boards - 9, place.bottom - lip, dice.choice(("#ffc489", "#20100a")), 0, 0.06)
    floor.rect(-5, lip, floor.width + 10, 12, floor.down(lip, lip + 12, (0, "#000000", 0.35), (1, "#000000", 0)))
    place.lay(floor, 1.0)
    pools = place.backdrop()
    for dx, colour in ((-0.1, "#ffdf8a"), (0.12, "#ffb3dc")):
        x = middle + dx * place.width
        pools.oval(x, place.ground + 8, 190, 46, pools.round(x, place.ground + 8, 190, (0, colour, 0.5), (0.7, colour, 0.22), (1, colour, 0)))
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
            paint = curtain.across(left, right, (0, "#5a0a1c"), (0.4, "#c3202f"), (0.58, "#e8443f"), (1, "#6b0d20"))
            curtain.path(f"M{left:.1f} {-place.margin:.1f}H{right:.1f}Q{right - side * 5:.1f} {lip * 0.5:.1f} {right + side * fold:.1f} {lip:.1f}Q{(left + right) / 2:.1f} {lip + 9:.1f} {left + side * fold:.1f} {lip:.1f}Z", paint)
    swags = max(3, round(curtain.width / 150))
    for index in range(swags):
        x, w = index * curtain.width / swags, curtain.width / swags
        paint = curtain.down(-place.margin, 84, (0, "#7a0f24"), (0.7, "#cf2a35"), (1, "#8a1226"))
        curtain.path(f"M{x:.1f} {-place.margin:.1f}H{x + w:.1f}V34Q{x + w / 2:.1f} 104 {x:.1f} 34Z", paint)
        curtain.path(f"M{x:.1f} 34Q{x + w / 2:.1f} 104 {x + w:.1f} 34", "none", None, 'stroke="#ffcf5c" stroke-width="5"')
    place.lay(curtain, 0.85)
    crowd = place.brush()
    for index in range(15):
        x = (index + place.dice.uniform(0.2, 0.8)) * crowd.width / 15
        y = place.height + place.dice.uniform(6, 22)
        crowd.oval(x, y - 26, 21, 24, "#120816")
        crowd.oval(x, y + 26, 42, 36, "#120816")
    place.lay(crowd, 1.4, front=True, bob=(3, 0.9, 0), soften=1.5)


def underwater(place: Place) -> None:
    dice, light = place.dice, place.light
    shade = light.shade
    back = place.backdrop()
    back.rect(0, back.top, back.width, back.height, back.down(-place.margin, place.height, *light.sky))
    back.glow(back.width * 0.6, -place.margin, place.height * 0.6, "#eafff8" if not light.night else "#7fb4e8", 0.5)
    place.lay(back, 0.0)
    for index in range(4):
        beam = place.backdrop()
        x = beam.width * (0.2 + 0.2 * index)
        wide = dice.uniform(24, 66)
        strong = 0.1 if light.night else 0.3
        beam.poly([(x, -place.margin), (x + wide, -place.margin), (x + wide * 2.4 - 150, place.ground), (x - 190, place.ground)], beam.down(-place.margin, place.ground, (0, "#f2fffb", strong), (1, "#d0fff6", 0.0)))
        place.lay(beam, 0.1, sway=(1.8, 6 + index * 1.3, index * 1.7), soften=7)
    for parallax, depth, lift, tall in ((0.12, 0.72, -70, 90), (0.3, 0.45, -18, 62)):
        rocks = place.brush()
        crest = rocks.ridge(place.horizon + lift, tall * 0.6, (2, 3, 7, 11), dice, place.bottom, rocks.down(place.horizon + lift - tall, place.ground + 40, (0, shade("#4a7f9c", depth)), (1, shade("#2f5f86", depth))))
        for _ in range(16 if parallax > 0.2 else 9):
            x = dice.uniform(0, rocks.width)
            _weed(rocks, x, height_at(crest, x) + 6, dice.uniform(60, 170) * (0.7 + parallax), shade(dice.choice(("#2f9f86", "#3fae6f", "#2f7f9a")), depth), dice.uniform(-1, 1))
        place.lay(rocks, parallax)
    reef = place.brush()
    crest = reef.ridge(place.horizon + 24, 18, (2, 5, 7), dice, place.bottom, reef.down(place.horizon, place.ground + 60, (0, shade("#5f8fa0", 0.15)), (1, shade("#3f6f8a", 0.1))))
    count = int(reef.width // 62)
    for index in range(count):
        x = (index + dice.uniform(0.2, 0.8)) * reef.width / count
        y = height_at(crest, x) + 10
        kind = dice.random()
        if kind < 0.4:
            _coral(reef, x, y, dice.uniform(46, 96), shade(dice.choice(("#ff7f8a", "#ffa552", "#d985e6", "#ffd35c")), 0.1), dice)
        elif kind < 0.65:
            colour = shade(dice.choice(("#f2789f", "#f7b05b", "#8f7ae0")), 0.1)
            for r in (34, 25, 16):
                reef.oval(x + r * 0.1, y - r * 0.4, r, r * 0.85, mix(colour, "#ffffff", (34 - r) / 60))
        else:
            for offset in (-14, 0, 13):
                _weed(reef, x + offset, y, dice.uniform(80, 150), shade(dice.choice(("#37b07a", "#5cc46a", "#2f9a8a")), 0.08), dice.uniform(-1, 1))
    place.lay(reef, 0.6)
    sand = place.brush()
    top = place.horizon + 34
    line = sand.ridge(top, 10, (1, 2, 4), dice, place.bottom, sand.down(top - 8, place.bottom, (0, shade("#f3e3b4", 0.2)), (0.4, shade("#e6cf94", 0.06)), (1, shade("#b8975f"))))
    sand.stroke(line, "#ffffff", 2.5, 0.3)
    for index in range(22):
        y = top + 16 + (place.bottom - top) * index / 22
        x, long = dice.uniform(0, sand.width), dice.uniform(40, 110)
        sand.path(f"M{x - long:.1f} {y:.1f}q{long / 2:.1f} -7 {long:.1f} 0t{long:.1f} 0", "none", (x - long, x + long), f'stroke="#ffffff" stroke-opacity="0.2" stroke-width="{2 + index * 0.1:.1f}" stroke-linecap="round"')
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
            for dx, high in ((0, 1.0), (-0.32, 0.78), (0.34, 0.8), (-0.5, 0.46), (0.52, 0.5), (0.16, 0.95), (-0.15, 0.9))
        )
        brush.path(d, "none", (x - size * 0.7, x + size * 0.7), f'stroke="{paint}" stroke-width="{width:.1f}" stroke-linecap="round"')


def space(place: Place) -> None:
    dice, light = place.dice, place.light
    back = place.backdrop()
    tint = {TimeOfDay.DAWN: ("#ff9a8a", "#5fb0ff"), TimeOfDay.DAY: ("#4f8cff", "#b45cff"), TimeOfDay.SUNSET: ("#ff6a5c", "#ffb35c"), TimeOfDay.NIGHT: ("#7a4cff", "#22c1d6")}[light.time]
    back.rect(0, back.top, back.width, back.height, back.down(0, place.height, *light.sky))
    for index in range(7):
        x, y = dice.uniform(0, back.width), place.height * dice.uniform(0.05, 0.6)
        back.glow(x, y, dice.uniform(150, 300), tint[index % 2], 0.34)
    for _ in range(150):
        size = dice.choice((0.6, 0.8, 1.0, 1.3))
        back.oval(dice.uniform(0, back.width), dice.uniform(-place.margin, place.ground), size, size, "#ffffff", dice.uniform(0.3, 0.95))
    place.lay(back, 0.0)
    for parallax, count, drift in ((0.05, 46, -2.0), (0.12, 20, -4.0)):
        stars = place.brush(1.2)
        for _ in range(count):
            x, y = dice.uniform(0, stars.width), dice.uniform(0, place.horizon)
            r = dice.uniform(1.2, 2.4) * (1 + parallax * 3)
            stars.glow(x, y, r * 3.4, dice.choice(("#ffffff", "#bcd3ff", "#ffe5b8")), 0.8)
            stars.oval(x, y, r * 0.6, r * 0.6, "#ffffff")
        place.lay(stars, parallax, drift=drift)
    world = place.backdrop()
    _planet(world, place.margin + place.width * 0.76, place.height * 0.2, min(92.0, place.height * 0.16), dice.choice((("#ffb36b", "#c9543f"), ("#7fe0e8", "#3457b8"), ("#f3a8d8", "#7a3fb0"))), True)
    _planet(world, place.margin + place.width * 0.17, place.height * 0.36, 25, ("#d6dcf2", "#6b7299"), False)
    place.lay(world, 0.09)
    far = place.brush()
    crest = far.ridge(place.horizon + 18, 26, (2, 3, 7), dice, place.bottom, far.down(place.horizon - 20, place.ground + 40, (0, "#6c6aa6"), (1, "#413f7a")))
    far.stroke(crest, "#b9b6f0", 2, 0.5)
    place.lay(far, 0.35)
    moon = place.brush()
    top = place.horizon + 44
    line = moon.ridge(top, 9, (1, 2, 5), dice, place.bottom, moon.down(top - 8, place.bottom, (0, "#c9c7e6"), (0.35, "#a3a0cc"), (1, "#5f5a92")))
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
        moon.stroke([(x - r * 0.95, y + r * 0.08), (x - r * 0.5, y + r * 0.29), (x + r * 0.3, y + r * 0.33), (x + r * 0.9, y + r * 0.14)], "#e6e4ff", 1.6, 0.6)
    place.lay(moon, 1.0)


def _planet(brush: Brush, x: float, y: float, r: float, colours: tuple[str, str], ring: bool) -> None:
    pale, dark = colours
    brush.glow(x, y, r * 1.9, pale, 0.35)
    tilt = f'transform="rotate(-18 {x:.1f} {y:.1f})"'
    if ring:
        brush.add(f'<g {tilt}><path d="M{x - r * 1.85:.1f} {y:.1f}A{r * 1.85:.1f} {r * 0.48:.1f} 0 0 1 {x + r * 1.85:.1f} {y:.1f}" fill="none" stroke="#fff0d0" stroke-opacity="0.5" stroke-width="{r * 0.2:.1f}"/></g>')
    brush.oval(x, y, r, r, brush.round(x - r * 0.4, y - r * 0.4, r * 1.7, (0, mix(pale, "#ffffff", 0.45)), (0.35, pale), (0.75, dark), (1, mix(dark, "#070716", 0.7))))
    for dy, w, opacity in ((-0.42, 0.86, 0.2), (0.02, 0.98, 0.26), (0.36, 0.9, 0.18)):
        brush.add(f'<g {tilt}><ellipse cx="{x:.1f}" cy="{y + dy * r:.1f}" rx="{w * r:.1f}" ry="{r * 0.1:.1f}" fill="#ffffff" fill-opacity="{opacity:.2f}"/></g>')
    if ring:
        brush.add(f'<g {tilt}><path d="M{x - r * 1.85:.1f} {y:.1f}A{r * 1.85:.1f} {r * 0.48:.1f} 0 0 0 {x + r * 1.85:.1f} {y:.1f}" fill="none" stroke="#fff0d0" stroke-opacity="0.85" stroke-width="{r * 0.2:.1f}"/></g>')
