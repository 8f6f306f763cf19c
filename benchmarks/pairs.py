"""Average precision of the score of pairs on MRPC: `python -m benchmarks.pairs --data DIR`.

Prints that of the cosine, of the shipped score, and of the same parts fitted on either half
and measured on the other. The shipped weights are those fitted on the even rows.
"""

from __future__ import annotations

import argparse
from dataclasses import astuple
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.copies import rows
from topics.coverage.relations.pairs import measure_pair, score_pair

# Rated pairs of other kinds of text are weighed less, so that news decides.
_OTHER_GENRES = 0.1
# Ratings from 0 to 5; from here on two sentences say the same.
_SAME = 4.0


def main() -> None:
    """Fit on the one half, measure on the other."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import average_precision_score as average_precision

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation data")
    parser.add_argument(
        "--cache", type=Path, default=Path(".cache/copies"), help="folder for vectors"
    )
    arguments = parser.parse_args()
    mrpc = rows(arguments.data / "mrpc_train.jsonl.gz")
    seen = {text for row in mrpc for text in (row["text_a"], row["text_b"])}
    rated = [
        row
        for row in rows(arguments.data / "stsb_dev.jsonl")
        if not seen & {row["text_a"], row["text_b"]}
    ]
    cosines = _cosines(mrpc, arguments.cache / "pairs-mrpc.npy")
    parts = _measure(mrpc, cosines)
    others = _measure(rated, _cosines(rated, arguments.cache / "pairs-stsb.npy"))
    same = np.array([int(row["label"]) == 1 for row in mrpc])
    alike = np.array([row["score"] >= _SAME for row in rated])
    odd = np.arange(len(mrpc)) % 2 == 1
    scores = np.array(
        [score_pair(r["text_a"], r["text_b"], c) for r, c in zip(mrpc, cosines, strict=True)]
    )
    print(f"mrpc: {len(mrpc)} pairs; stsb_dev: {len(rated)} that share no sentence with them")
    for name, value in (("cosine", cosines), ("score_pair", scores)):
        print(f"  {name}: all {average_precision(same, value):.4f}, "
              f"odd rows {average_precision(same[odd], value[odd]):.4f}")  # fmt: skip
    for name, held in (("even", odd), ("odd", ~odd)):
        model = LogisticRegression(C=10, max_iter=5000).fit(
            np.vstack((parts[~held], others)),
            np.concatenate((same[~held], alike)),
            sample_weight=np.repeat((1, _OTHER_GENRES), ((~held).sum(), len(alike))),
        )
        found = model.predict_proba(parts[held])[:, 1]
        print(f"  fitted on {name} rows: others {average_precision(same[held], found):.4f}; "
              f"intercept {model.intercept_[0]:.2f}, weights "
              f"{', '.join(f'{weight:.2f}' for weight in model.coef_[0])}")  # fmt: skip


def _measure(found: list[dict[str, Any]], cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array(
        [
            astuple(measure_pair(row["text_a"], row["text_b"], cosine))
            for row, cosine in zip(found, cosines.tolist(), strict=True)
        ],
        dtype=np.float64,
    )


def _cosines(found: list[dict[str, Any]], path: Path) -> NDArray[np.float64]:
    if not path.exists():
        from embeddings.encoders.opening import open_encoder

        path.parent.mkdir(parents=True, exist_ok=True)
        texts = [row["text_a"] for row in found] + [row["text_b"] for row in found]
        np.save(path, open_encoder().encode(texts))
    vectors = np.load(path).astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray((vectors[: len(found)] * vectors[len(found) :]).sum(axis=1))


if __name__ == "__main__":
    main()
