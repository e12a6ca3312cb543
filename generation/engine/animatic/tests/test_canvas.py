"""The drawing surface: pixels land where they are placed, and nothing of a freed picture stays behind."""

from __future__ import annotations

import numpy as np
import pytest

from generation.engine.animatic.canvas import DrawingFailed, Picture, Placed, Surface, paint


def plain(width: int, height: int, colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((height, width, 4), (*colour, 255), np.uint8)


def test_a_picture_lands_where_it_is_placed() -> None:
    surface = Surface(20, 10)
    drawn = surface.draw([Placed(Picture(plain(4, 3, (9, 80, 200))), 1, 0, 5, 0, 1, 2)])
    assert np.array_equal(np.nonzero(drawn[..., 3])[0][[0, -1]], [2, 4])
    assert np.array_equal(drawn[2:5, 5:9], plain(4, 3, (9, 80, 200)))
    surface.close()


@pytest.mark.parametrize("freed", [True, False])
def test_memory_that_is_used_again_shows_the_new_picture(freed: bool) -> None:
    surface = Surface(64, 64)
    dice = np.random.default_rng(1)
    for number in range(150):
        width, height = (int(size) for size in dice.integers(8, 60, 2))
        colour = tuple(int(part) for part in dice.integers(0, 255, 3))
        picture = Picture(plain(width, height, colour))  # type: ignore[arg-type]
        drawn = surface.draw([Placed(picture, 1, 0, 0, 0, 1, 0)])
        assert np.array_equal(drawn[:height, :width], picture.pixels_HWC), number
        assert not drawn[height:].any()
        assert not drawn[:, width:].any()
        if freed:
            picture.free()
        del picture
    surface.close()


def test_twins_show_the_same_pixels_twice() -> None:
    surface = Surface(20, 4)
    one = Picture(plain(4, 4, (1, 2, 3)))
    drawn = surface.draw([Placed(one, 1, 0, 0, 0, 1, 0), Placed(one.twin(), 1, 0, 10, 0, 1, 0)])
    assert np.array_equal(drawn[:, :4], drawn[:, 10:14])
    assert not drawn[:, 5:9].any()
    surface.close()


def test_a_broken_vector_picture_is_refused() -> None:
    with pytest.raises(DrawingFailed):
        paint("not a picture", 10, 10)
