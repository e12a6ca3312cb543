"""The twelve settings: painted once a shot as parallax planes, by seed, under a light."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from types import MappingProxyType

from generation.engine.animatic.scenery import beyond, country, indoors, town, wilds
from generation.engine.animatic.scenery.light import Light, light_of
from generation.engine.animatic.scenery.place import Layer, Place
from generation.engine.animatic.scenery.sky import sky
from generation.engine.storyboard import Setting, TimeOfDay, Weather

__all__ = ["PAINTERS", "Layer", "Light", "Place", "light_of", "paint_place"]

PAINTERS: Mapping[Setting, Callable[[Place], None]] = MappingProxyType(
    {
        Setting.MEADOW: country.meadow,
        Setting.BEACH: wilds.beach,
        Setting.FOREST: country.forest,
        Setting.CITY: town.city,
        Setting.MOUNTAINS: country.mountains,
        Setting.DESERT: wilds.desert,
        Setting.SNOWFIELD: wilds.snowfield,
        Setting.UNDERWATER: beyond.underwater,
        Setting.SPACE: beyond.space,
        Setting.ROOM: indoors.room,
        Setting.SKY: sky,
        Setting.STAGE: indoors.stage,
    }
)


def paint_place(
    setting: Setting,
    time: TimeOfDay,
    weather: Weather,
    size: tuple[float, float, float],
    scale: float,
    seed: str,
    *,
    disc: bool = True,
) -> Place:
    """Paint a setting. ``size`` is (width, height, ground line) in design units, ``scale`` pixels a unit."""
    width, height, ground = size
    place = Place(
        width=width,
        height=height,
        ground=ground,
        scale=scale,
        light=light_of(setting, time, weather),
        weather=weather,
        dice=random.Random(seed),
        disc=disc,
    )
    PAINTERS[setting](place)
    return place
