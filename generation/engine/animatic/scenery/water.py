"""Water that somebody swims or surfs in where there is no sea: it replaces the ground."""

from __future__ import annotations

from generation.engine.animatic.scenery import brush as things
from generation.engine.animatic.scenery.place import Place


def pool(place: Place, *, surf: bool) -> None:
    """Lay the water behind the bodies, and translucent waves in front of them."""
    shade, dice = place.light.shade, place.dice
    level = place.ground - 46
    place.layers = [layer for layer in place.layers if not layer.front]
    back = place.brush()
    top = level - 44
    fill = back.down(
        top, place.bottom, (0, shade("#6fd0ea", 0.25)), (0.25, shade("#2fa5d8")), (1, shade("#0e5f9f"))
    )
    line = things.crest_of(back.width, top, 2.5, (5, 9), dice)
    back.poly([*line, (back.width, place.bottom), (0, place.bottom)], fill)
    back.stroke(line, shade("#eafcff", 0.1), 2, 0.7)
    for _ in range(46):
        y = top + 6 + (place.height - top) * dice.random() ** 1.6
        long = 14 + 60 * (y - top) / max(1.0, place.height - top)
        back.rect(dice.uniform(0, back.width), y, long, 1.6 + long * 0.025, shade("#d9f8ff"), 1, 0.34)
    place.lay(back, 0.85, bob=(3, 3.1, 0.2))
    if surf:
        swell = place.brush()
        line = things.crest_of(swell.width, level - 44, 46, (2, 3), dice)
        swell.poly(
            [*line, (swell.width, place.bottom), (0, place.bottom)],
            swell.down(
                level - 90,
                place.ground + 120,
                (0, shade("#8ff0ee")),
                (0.3, shade("#35b7dc")),
                (1, shade("#1478b4")),
            ),
        )
        swell.stroke(line, shade("#ffffff"), 6, 0.9)
        swell.stroke([(x, y + 9) for x, y in line], shade("#ffffff"), 3, 0.4)
        place.lay(swell, 1.0, drift=-60, bob=(9, 2.63, 0))
    for index, (lift, parallax, drift, alpha) in enumerate(
        ((12.0, 1.0, 26.0, 0.66), (58.0, 1.2, -34.0, 0.8))
    ):
        wave = place.brush()
        y = level + lift + (16 if surf else 0)
        line = things.crest_of(wave.width, y, 6 + 3 * index + (8 if surf else 0), (4 - index, 7, 11), dice)
        fill = wave.down(
            y - 10,
            y + 130,
            (0, shade("#7fe4f0"), alpha * 0.8),
            (0.35, shade("#2b9fd2"), alpha),
            (1, shade("#0f64a6"), min(1.0, alpha + 0.15)),
        )
        wave.poly([*line, (wave.width, place.bottom), (0, place.bottom)], fill)
        wave.stroke(line, shade("#ffffff"), 3.4, 0.85)
        wave.stroke([(x, py + 8) for x, py in line], shade("#ffffff"), 1.6, 0.35)
        place.lay(
            wave,
            parallax,
            drift=drift * (3 if surf else 1),
            bob=(5 + 2 * index, 2.6 + index * 0.5, index * 0.4),
            front=True,
        )
