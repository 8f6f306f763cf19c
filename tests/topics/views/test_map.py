"""Where the points of a page's map lie."""

from __future__ import annotations

import numpy as np

from topics.views.map import _fit


def test_points_on_one_place_have_room_for_names_around_them():
    fitted, home = _fit(np.full((3, 2), 7.0, np.float32))
    assert fitted.tolist() == [[0.5, 0.5]] * 3
    assert (home["width"], home["height"]) == (1.0, 1.0)
