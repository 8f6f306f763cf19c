"""Stretches of words that one text has from another, told from what any two texts share."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.words.alignment import Block, match_words

# Words in a row that are taken for copied: shorter runs are names with their titles and turns
# of phrase (docs/decisions/coverage.md).
LEAST_RUN = 7


def copied_stretches(
    a: Sequence[int] | Sequence[str], b: Sequence[int] | Sequence[str]
) -> list[Block]:
    """Find the stretches of words of ``a`` that stand in ``b``, in order or moved.

    A stretch is a run of ``LEAST_RUN`` words, and the shorter runs beside it that are at
    least as long as what was changed between: an edit does not end a stretch, a lone common
    word does not lengthen it.

    Returns:
        First word and the one after the last, in ``a`` and in ``b``; by place in ``a``.
    """
    equal, moved = match_words(a, b)
    kept = [block for block in moved if block[1] - block[0] >= LEAST_RUN]
    blocks = sorted(equal)
    firm = [block[1] - block[0] >= LEAST_RUN for block in blocks]
    for order in (range(1, len(blocks)), range(len(blocks) - 2, -1, -1)):
        step = -1 if order.step == 1 else 1
        for place in order:
            if not firm[place] and firm[place + step]:
                firm[place] = _is_beside(blocks[place], blocks[place + step])
    return sorted(kept + [block for block, keep in zip(blocks, firm, strict=True) if keep])


def _is_beside(block: Block, other: Block) -> bool:
    left, right = sorted((block, other))
    changed = max(right[0] - left[1], right[2] - left[3])
    return block[1] - block[0] >= changed
