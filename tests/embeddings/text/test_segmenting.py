"""Words inside runs of scripts without spaces."""

from __future__ import annotations

import pytest

from embeddings.text.segmenting import segment_run, space_words


@pytest.mark.parametrize(
    ("run", "words"),
    [
        ("気象庁は沿岸に津波注意報を出した", ["気象庁", "沿岸", "津波注意報", "出"]),
        ("主席在北京会见了法国总统", ["主席", "在", "北京", "会见", "了", "法国", "总统"]),
        ("預算案通過", ["預算", "案", "通過"]),
        ("ธนาคารกลาง", ["ธนาคาร", "กลาง"]),
        ("မြန်မာနိုင်ငံ", ["မြန်မာနိုင်ငံ"]),
    ],
)
def test_a_run_is_split_into_words_without_particles(run, words):
    assert segment_run(run) == words


def test_what_has_spaces_stays_as_it_is():
    assert space_words("In 東京都で a fire.").split() == ["In", "東京都", "a", "fire."]
