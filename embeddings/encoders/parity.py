"""Does another way of computing give the reference's vectors? Fixed texts decide."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from embeddings.encoders.caching import read_note, write_note

# Below this mean cosine an encoder is refused. bfloat16 gives 0.99998 with
# all-MiniLM-L6-v2; a wrong pooling, mask or case is far below.
MEAN_COSINE = 0.9995

# In int8, whose vectors have a fingerprint of their own; all-MiniLM-L6-v2 gives 0.9995.
MEAN_COSINE_INT8 = 0.995

_SENTENCES = (
    "",
    "Damascus",
    "Peace talks in Geneva were put off again on Tuesday.",
    "The foreign minister said the delivery of S-300 air defence systems would go ahead.",
    "At least 42 people were killed when two car bombs exploded near the border crossing.",
    "REBELS SAY THEY HAVE TAKEN THE AIRPORT; ARMY DENIES IT",
    "“We will not be drawn in,” she told reporters – but gave no details.",
    "Brent crude rose $1.37, or 1.2%, to $112.05 a barrel on 27 August 2013.",
    "Beşiktaş’ın yeni stadı için görüşmeler sürüyor.",
    "Le président français a reçu son homologue à l'Élysée.",
    "Правительство опровергло сообщения о поставках оружия.",
    "نفى المتحدث باسم الحكومة هذه الأنباء",
    "联合国安理会周三举行紧急会议。",
    "https://news.example/2013/08/27/story?id=17#comments",
    "1) Who ordered the strike? 2) Who knew of it? 3) What happens next?",
    "The ministry did not respond to a request for comment.",
    "Striker's late goal sends City through to the semi-final",
    "a",
    "No, the vote was not postponed: it was cancelled.",
    "Correction: an earlier version of this article gave the wrong number of refugees.",
    "Schools in the north reopened on Monday after a week of snow.",
    "Antidisestablishmentarianism and pneumonoultramicroscopicsilicovolcanoconiosis",
)
# Growing texts, so that each length up to far beyond the window is met.
TEXTS = _SENTENCES + tuple(
    " ".join((_SENTENCES * 40)[n : n + size])
    for n, size in enumerate((2, 3, 4, 5, 6, 8, 11, 16, 40, 160), start=2)
)


def compare(vectors: NDArray[np.float32], reference: NDArray[np.float32]) -> float:
    """Return the mean cosine of unit rows of shape ``(n, d)`` with the reference's."""
    if vectors.shape != reference.shape:
        return 0.0
    return float(np.sum(vectors.astype(np.float64) * reference, axis=1).mean())


def read_parity(record: Path) -> float | None:
    """Return a mean cosine that was noted, or None if there is none or it is damaged."""
    noted = read_note(record)
    mean = noted.get("mean") if isinstance(noted, dict) else None
    return mean if isinstance(mean, float) else None


def write_parity(record: Path, mean: float, precision: str, device: str) -> None:
    """Note a comparison; without a cache that can be written, each run compares again."""
    write_note(record, {"mean": mean, "precision": precision, "device": device})
