"""What an edit of the level that is shown does to the levels above it."""

from __future__ import annotations

import numpy as np
import pytest

from topics.edits.following import follow_edits
from topics.hierarchy.tree import TopicTree


def test_an_edited_topic_stays_under_the_broader_one_that_holds_most_of_it():
    broad, shown = np.repeat([0, 1], [6, 4]), np.repeat([0, 1, 2, 3], [3, 3, 2, 2])
    tree = TopicTree((broad, shown), default=1)
    merged = np.repeat([0, 1, 2], [3, 5, 2])
    followed = follow_edits(tree, merged, lambda: pytest.fail("no row was cut off"))
    # Rows 6 and 7 went with the topic of three, which lies in the first of the two.
    np.testing.assert_array_equal(followed.levels[0], np.repeat([0, 1], [8, 2]))
    np.testing.assert_array_equal(followed.shown, merged)
