"""What time of day and weather do to colours: sky, ambient light, distance haze, light on subjects.

Pure numbers; colours are ``#rrggbb`` strings or ``(r, g, b)`` of 0..255.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from generation.engine.storyboard import Setting, TimeOfDay, Weather

Rgb = tuple[float, float, float]
Stops = tuple[tuple[float, str], ...]


def rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def hexed(colour: Rgb) -> str:
    return "#" + "".join(f"{min(255, max(0, round(part))):02x}" for part in colour)


def mix(one: str, other: str, amount: float) -> str:
    """``one`` at 0, ``other`` at 1."""
    return hexed(tuple(a + (b - a) * amount for a, b in zip(rgb(one), rgb(other), strict=True)))  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Light:
    """Light of one place. ``ambient`` and ``subject`` multiply colours; ``sun`` is where the disc stands."""

    sky: Stops
    ambient: Rgb
    haze: str
    subject: Rgb
    glow: str
    sun: tuple[float, float]
    time: TimeOfDay
    dim: float = 0.0
    """How much weather takes from the colours, 0..1."""

    @property
    def night(self) -> bool:
        return self.time is TimeOfDay.NIGHT

    def shade(self, colour: str, depth: float = 0.0) -> str:
        """A scenery colour given for broad daylight, as it looks here ``depth`` (0 near, 1 far) away."""
        red, green, blue = (part * light for part, light in zip(rgb(colour), self.ambient, strict=True))
        grey = 0.3 * red + 0.55 * green + 0.15 * blue
        dull = self.dim * 0.45
        toned = hexed(tuple(part + (grey * 0.95 - part) * dull for part in (red, green, blue)))  # type: ignore[arg-type]
        return mix(toned, self.haze, depth)


_LIGHTS = {
    TimeOfDay.DAWN: Light(
        sky=((0.0, "#5f7fc4"), (0.35, "#a99bd6"), (0.62, "#f3b9b8"), (0.82, "#ffd9ae"), (1.0, "#fff0cf")),
        ambient=(0.92, 0.84, 0.9),
        haze="#f3c9c0",
        subject=(1.0, 0.93, 0.95),
        glow="#fff1c4",
        sun=(0.27, 0.86),
        time=TimeOfDay.DAWN,
    ),
    TimeOfDay.DAY: Light(
        sky=((0.0, "#2b86e3"), (0.45, "#6dbcf6"), (0.8, "#b9e4fb"), (1.0, "#e6f7fd")),
        ambient=(1.0, 1.0, 1.0),
        haze="#bfe3f5",
        subject=(1.0, 1.0, 1.0),
        glow="#fffbe0",
        sun=(0.76, 0.2),
        time=TimeOfDay.DAY,
    ),
    TimeOfDay.SUNSET: Light(
        sky=((0.0, "#2f2a6e"), (0.32, "#7a3f8f"), (0.58, "#e0617a"), (0.8, "#ff9a5c"), (1.0, "#ffd98a")),
        ambient=(0.95, 0.66, 0.62),
        haze="#f08a68",
        subject=(1.0, 0.86, 0.8),
        glow="#ffe9a8",
        sun=(0.66, 0.84),
        time=TimeOfDay.SUNSET,
    ),
    TimeOfDay.NIGHT: Light(
        sky=((0.0, "#060a24"), (0.45, "#101c4d"), (0.8, "#24397f"), (1.0, "#3f5aa0")),
        ambient=(0.26, 0.36, 0.6),
        haze="#2b4387",
        subject=(0.84, 0.86, 1.0),
        glow="#dfe8ff",
        sun=(0.74, 0.2),
        time=TimeOfDay.NIGHT,
    ),
}

_WEATHER_GREY = {
    Weather.CLEAR: 0.0,
    Weather.WIND: 0.08,
    Weather.CLOUDY: 0.42,
    Weather.SNOW: 0.5,
    Weather.FOG: 0.62,
    Weather.RAIN: 0.66,
    Weather.STORM: 0.85,
}

_OVERCAST = {
    TimeOfDay.DAWN: ("#8f93ad", "#cdb9bd"),
    TimeOfDay.DAY: ("#7f93a8", "#c6d3dc"),
    TimeOfDay.SUNSET: ("#5b4a6b", "#c88f86"),
    TimeOfDay.NIGHT: ("#0b1020", "#2b3350"),
}


def light_of(setting: Setting, time: TimeOfDay, weather: Weather) -> Light:
    """The light of a setting at a time of day under a weather."""
    light = _LIGHTS[time]
    if setting in (Setting.UNDERWATER, Setting.SPACE, Setting.ROOM, Setting.STAGE):
        return replace(_INDOORS[setting](light), dim=0.0)
    if setting is Setting.DESERT and time is TimeOfDay.DAY:
        light = replace(
            light,
            sky=((0.0, "#3f95dd"), (0.5, "#9fd2ee"), (0.85, "#f6e6c4"), (1.0, "#fbeccb")),
            haze="#f2dcb4",
        )
    dim = _WEATHER_GREY[weather]
    if not dim:
        return light
    top, low = _OVERCAST[time]
    if weather is Weather.STORM:
        top, low = mix(top, "#1c2333", 0.6), mix(low, "#55637a", 0.55)
    if weather is Weather.FOG:
        top = mix(top, low, 0.6)
    sky = tuple((at, mix(colour, mix(top, low, at), min(1.0, dim * 1.25))) for at, colour in light.sky)
    fall = 1 - dim * (0.28 if weather is not Weather.STORM else 0.45)
    if weather is Weather.FOG:
        fall = 0.97
    return replace(
        light,
        sky=sky,
        ambient=tuple(part * fall for part in light.ambient),  # type: ignore[arg-type]
        haze=mix(light.haze, low, dim),
        subject=tuple(part * (0.5 + fall / 2) for part in light.subject),  # type: ignore[arg-type]
        dim=dim,
    )


def _underwater(light: Light) -> Light:
    deep = {
        TimeOfDay.DAWN: ("#8fd6cf", "#2f8fae", "#134a7c"),
        TimeOfDay.DAY: ("#8ff0ea", "#21a5c9", "#0c4f8f"),
        TimeOfDay.SUNSET: ("#f3b48f", "#5a7fae", "#2b3f7c"),
        TimeOfDay.NIGHT: ("#1d5c8c", "#0c2c5e", "#061433"),
    }[light.time]
    night = light.night
    return replace(
        light,
        sky=((0.0, deep[0]), (0.45, deep[1]), (1.0, deep[2])),
        haze=mix(deep[1], deep[2], 0.35),
        ambient=(0.3, 0.5, 0.72) if night else (0.72, 0.92, 0.98),
        subject=(0.66, 0.82, 1.0) if night else (0.9, 0.99, 1.0),
        glow=deep[0],
    )


def _space(light: Light) -> Light:
    return replace(
        light,
        sky=((0.0, "#070716"), (0.5, "#151138"), (1.0, "#2a1a55")),
        haze="#2a1f5c",
        ambient=(0.85, 0.86, 1.0),
        subject=(0.97, 0.97, 1.0),
        glow="#fff4d6",
    )


def _room(light: Light) -> Light:
    night = light.night
    return replace(
        light,
        ambient=(0.62, 0.56, 0.62) if night else tuple(0.45 + part * 0.55 for part in light.ambient),  # type: ignore[arg-type]
        subject=(0.93, 0.87, 0.86) if night else tuple(0.5 + part * 0.5 for part in light.subject),  # type: ignore[arg-type]
    )


def _stage(light: Light) -> Light:
    return replace(light, ambient=(1.0, 1.0, 1.0), subject=(1.0, 0.97, 0.94), haze="#2a0d1f", glow="#fff1c9")


_INDOORS = {
    Setting.UNDERWATER: _underwater,
    Setting.SPACE: _space,
    Setting.ROOM: _room,
    Setting.STAGE: _stage,
}
