"""Sky over open country, and the sky itself as a place: gradient, sun or moon, stars, drifting clouds."""

from __future__ import annotations

from generation.engine.animatic.scenery import brush as things
from generation.engine.animatic.scenery.brush import Brush
from generation.engine.animatic.scenery.light import mix
from generation.engine.animatic.scenery.place import Place
from generation.engine.storyboard import TimeOfDay, Weather


def paint_sky(place: Place, clouds: int = 4, floor: float | None = None) -> None:
    """Gradient, disc, stars and two planes of clouds. ``floor`` is where the gradient ends (the horizon)."""
    light = place.light
    floor = place.horizon + 10 if floor is None else floor
    back = place.backdrop()
    back.rect(0, back.top, back.width, back.height, back.down(0, floor, *light.sky))
    x = place.margin + light.sun[0] * place.width
    y = floor * light.sun[1] if light.time in (TimeOfDay.DAWN, TimeOfDay.SUNSET) else floor * 0.24
    clear = max(0.0, 1 - light.dim * 1.5)
    if light.night and clear > 0.2:
        _stars(place, back, floor, clear)
    if clear > 0.15 and place.disc:
        (_moon if light.night else _sun)(place, back, x, y, clear)
    place.lay(back, 0.0)
    heavy = place.weather in (Weather.CLOUDY, Weather.RAIN, Weather.STORM, Weather.SNOW)
    pale, low = _cloud_colours(place)
    for parallax, drift, many, small, big, band in (
        (0.03, 3.0, clouds, 90, 170, (0.3, 0.72)),
        (0.08, 7.0, max(2, clouds - 1) + (4 if heavy else 0), 170, 300, (0.08, 0.46)),
    ):
        if place.weather is Weather.FOG:
            continue
        plane = place.brush(1.3)
        step = plane.width / many
        for index in range(many):
            cx = (index + place.dice.uniform(0.15, 0.85)) * step
            cy = floor * place.dice.uniform(*band)
            opacity = (0.5 if light.night else 0.92) * (0.75 if parallax < 0.05 else 1.0)
            things.cloud(
                plane, cx, cy, place.dice.uniform(small, big) * (1.25 if heavy else 1.0), pale, low, opacity
            )
        windy = 3.0 if place.weather in (Weather.WIND, Weather.STORM) else 1.0
        place.lay(plane, parallax, drift=-drift * windy, soften=1.2)


def _cloud_colours(place: Place) -> tuple[str, str]:
    light = place.light
    pale, low = {
        TimeOfDay.DAWN: ("#fff3ec", "#e3b4c6"),
        TimeOfDay.DAY: ("#ffffff", "#cfe4f4"),
        TimeOfDay.SUNSET: ("#ffd9b0", "#c7688a"),
        TimeOfDay.NIGHT: ("#5d74b4", "#2a3a78"),
    }[light.time]
    if light.dim > 0.3:
        dark = mix("#9aa6b4", "#2a3040", 0.7 if light.night else 0.0)
        if place.weather is Weather.STORM:
            dark = mix(dark, "#2b3140", 0.6)
        pale, low = mix(pale, mix(dark, "#ffffff", 0.35), light.dim), mix(low, dark, light.dim)
    return pale, low


def _sun(place: Place, back: Brush, x: float, y: float, clear: float) -> None:
    glow = place.light.glow
    back.glow(x, y, 330, glow, 0.55 * clear)
    back.glow(x, y, 130, "#ffffff", 0.65 * clear)
    low = place.light.time in (TimeOfDay.SUNSET, TimeOfDay.DAWN)
    size = 46 if low else 34
    core = back.round(x, y, size, (0, "#ffffff"), (0.75, mix(glow, "#ffffff", 0.35)), (1, glow))
    back.oval(x, y, size, size, core, clear)


def _moon(place: Place, back: Brush, x: float, y: float, clear: float) -> None:
    back.glow(x, y, 240, "#9fb8ff", 0.45 * clear)
    back.oval(
        x, y, 37, 37, back.round(x - 10, y - 10, 55, (0, "#fffdf0"), (0.7, "#e6e6f2"), (1, "#b9c2e4")), clear
    )
    for dx, dy, r in ((-12, -6, 7), (9, 8, 9), (4, -15, 4.5), (-9, 14, 5)):
        back.oval(x + dx, y + dy, r, r, "#c3c9e2", 0.7 * clear)


def _stars(place: Place, back: Brush, floor: float, clear: float) -> None:
    dice = place.dice
    for _ in range(190):
        size = dice.choice((0.7, 0.9, 1.1, 1.5, 2.0))
        spot = dice.uniform(0, back.width), dice.uniform(-place.margin, floor * 0.95)
        back.oval(
            *spot, size, size, dice.choice(("#ffffff", "#cfdcff", "#fff2d0")), clear * dice.uniform(0.35, 1.0)
        )
    for _ in range(7):
        spot = dice.uniform(0, back.width), dice.uniform(-20, floor * 0.7)
        back.glow(*spot, 9, "#dfe8ff", 0.8 * clear)


def sky(place: Place) -> None:
    """High above: clouds in four depths, and a floor of clouds to stand on."""
    paint_sky(place, clouds=4, floor=place.height * 1.02)
    dice, light = place.dice, place.light
    pale, low = _cloud_colours(place)
    far = place.brush(1.2)
    for index in range(9):
        x = (index + dice.random()) * far.width / 9
        things.cloud(
            far,
            x,
            place.ground + dice.uniform(-48, -14),
            dice.uniform(160, 280),
            mix(pale, light.haze, 0.35),
            mix(low, light.haze, 0.5),
            0.95,
        )
    bank = mix(pale, light.haze, 0.4)
    far.rect(
        -5,
        place.ground - 34,
        far.width + 10,
        place.bottom,
        far.down(place.ground - 34, place.height, (0, bank), (1, mix(low, light.haze, 0.25))),
    )
    place.lay(far, 0.18, drift=-8, soften=1.5)
    shadow = mix(low, "#3f74b8" if not light.night else "#0c1440", 0.3)
    middle = place.brush()
    _billows(
        place,
        middle,
        place.ground - 28,
        92,
        11,
        (mix(pale, light.haze, 0.3), mix(low, light.haze, 0.3), mix(shadow, light.haze, 0.3)),
    )
    place.lay(middle, 0.45, drift=-14, soften=1.6)
    floor = place.brush()
    y, radius = place.ground + 8, 84.0
    while y < place.bottom:
        _billows(place, floor, y, radius, max(6, round(900 / radius)), (pale, low, shadow))
        y, radius = y + radius * 0.72, radius * 1.22
    place.lay(floor, 1.0, soften=1.6)
    front = place.brush()
    for index in range(4):
        x = (index + dice.random()) * front.width / 4
        things.cloud(front, x, place.height + 60, dice.uniform(220, 330), pale, low, 0.85)
    place.lay(front, 1.5, front=True, drift=-26, soften=5)


def _billows(
    place: Place, brush: Brush, top: float, radius: float, count: int, colours: tuple[str, str, str]
) -> None:
    """A row of cloud humps, lit from above, that hides everything below ``top``."""
    pale, low, shadow = colours
    dice = place.dice
    brush.rect(
        -5,
        top + radius * 0.7,
        brush.width + 10,
        place.bottom - top,
        brush.down(top + radius * 0.7, top + radius * 2.4, (0, mix(pale, low, 0.55)), (1, shadow)),
    )
    for index in range(count):
        x = (index + dice.uniform(0.2, 0.8)) * brush.width / count
        r = radius * dice.uniform(0.72, 1.12)
        y = top + r * 0.85 + dice.uniform(0, radius * 0.2)
        fill = brush.round(
            x - r * 0.25,
            y - r * 0.6,
            r * 1.75,
            (0, pale),
            (0.42, mix(pale, low, 0.4)),
            (0.75, low),
            (1, shadow),
        )
        brush.oval(x, y, r * 1.25, r, fill)
