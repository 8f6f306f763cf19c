"""Thresholds by example, on labelled truth: `python -m benchmarks.calibration --data DIR`.

Simulated users answer, ten questions at a time, what labelled data say. Printed for 10, 20,
40 and 80 answers, over all users:

    error      mean distance of estimated precision and recall at the shipped threshold from
               the true ones, and the mean of estimate less truth ("bias")
    held       share of the 90 % intervals that hold the true value
    F1         true F1, among the candidates, of the shipped threshold, of the chosen one, and
               the best that any threshold has
    precision  true precision where .95 (same event) or .90 (near copy) was asked for

Candidates: same-event scores from .1 up on stories_val, ecbplus and timeline_updates (vectors
are kept in --cache), and the shares of words of mrpc_train's pairs from .3 up.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.copies import _lead, _score_pairs, _vectors, rows
from embeddings.words.alignment import compare
from embeddings.words.copies import CopyOptions
from topics.coverage.examples.calibration import (
    Estimate,
    choose_pairs,
    choose_threshold,
    estimate,
)
from topics.coverage.examples.score_curve import Prior
from topics.coverage.relations.relations import RelationOptions

BUDGETS = (10, 20, 40, 80)
BATCH = 10

Labelled = tuple[NDArray[np.float64], NDArray[np.bool_]]


def event_scores(data: Path, cache: Path, name: str) -> Labelled:
    """Score the candidate pairs of a labelled set for one event."""
    file = {"stories": "stories_val.jsonl", "ecbplus": "ecbplus.jsonl.gz",
            "timeline": "timeline_updates.jsonl.gz"}[name]  # fmt: skip
    found = rows(data / file)
    texts = [_lead(row) for row in found]
    outlets = [row["source"] if name == "timeline" else "" for row in found]
    dates = [row["date"] if name == "timeline" else "" for row in found]
    vectors = _vectors(texts, cache / f"events-{name}.npy")
    scored = sorted(_score_pairs(texts, outlets, dates, vectors).items())
    story = [row["story"] for row in found]
    scores = np.array([score for _, score in scored])
    same = np.array([story[a] == story[b] for (a, b), _ in scored])
    kept = scores >= 0.1
    return scores[kept], same[kept]


def word_shares(data: Path) -> Labelled:
    """Measure the share of words of labelled sentence pairs."""
    pairs = rows(data / "mrpc_train.jsonl.gz")
    scores = np.array([compare(p["text_a"], p["text_b"]).share for p in pairs])
    same = np.array([int(p["label"]) == 1 for p in pairs])
    kept = scores >= 0.3
    return scores[kept], same[kept]


def measure(scores: NDArray[np.float64], same: NDArray[np.bool_], at: float) -> tuple[float, ...]:
    """Return true precision, recall and F1 of a threshold."""
    taken = scores >= at
    hits = (taken & same).sum()
    precision = float(hits / taken.sum()) if taken.any() else 1.0
    return precision, float(hits / same.sum()), float(2 * hits / (taken.sum() + same.sum()))


def simulate(
    labelled: Labelled, shipped: float, aim: float, seed: int
) -> list[tuple[Estimate, Estimate, Estimate]]:
    """Let one user answer; returns estimates at each budget: shipped, best F1, precision."""
    scores, same = labelled
    keys = [f"{place:06d}" for place in range(len(scores))]
    judged: dict[int, bool] = {}
    found = []
    for budget in BUDGETS:
        while len(judged) < budget:
            asked = choose_pairs(scores, judged, shipped, BATCH, keys=keys, seed=seed)
            judged |= {question.place: bool(same[question.place]) for question in asked}
        prior = Prior(shipped)
        found.append((
            estimate(scores, judged, shipped, prior=prior),
            choose_threshold(scores, judged, shipped, prior=prior),
            choose_threshold(scores, judged, shipped, aim, prior=prior),
        ))  # fmt: skip
    return found


def report(name: str, labelled: Labelled, shipped: float, aim: float, users: int) -> None:
    """Print one table."""
    scores, same = labelled
    began, busy = time.perf_counter(), time.process_time()
    runs = [simulate(labelled, shipped, aim, seed) for seed in range(users)]
    precision, recall, f1 = measure(scores, same, shipped)
    best = max((measure(scores, same, t / 100)[2], t / 100) for t in range(1, 100))
    print(f"{name}: {len(scores)} candidates, {same.sum()} same; shipped {shipped:.2f}: "
          f"precision {precision:.3f} recall {recall:.3f} F1 {f1:.3f}; "
          f"best F1 {best[0]:.3f} at {best[1]:.2f}; "
          f"{users} users, {time.perf_counter() - began:.0f} s "
          f"({time.process_time() - busy:.0f} s of processor time)")  # fmt: skip
    print("  answers  precision: error  bias  held  width   recall: error  bias  held  width"
          f"    F1 chosen (least)  better/worse  threshold   asked {aim:.2f}: got, at")  # fmt: skip
    for place, budget in enumerate(BUDGETS):
        at = [run[place][0] for run in runs]
        p = np.array([(e.precision, e.precision_low, e.precision_high) for e in at])
        r = np.array([(e.recall, e.recall_low, e.recall_high) for e in at])
        chosen = np.array([measure(scores, same, run[place][1].threshold)[2] for run in runs])
        moved = np.array([run[place][1].threshold for run in runs])
        asked = np.array([measure(scores, same, run[place][2].threshold)[0] for run in runs])
        asked_at = np.mean([run[place][2].threshold for run in runs])
        print(f"  {budget:7d} {_line(p, precision)} {_line(r, recall)}"
              f"   {chosen.mean():9.3f} ({chosen.min():.3f})"
              f"   {(chosen > f1 + 1e-9).mean():.2f}/{(chosen < f1 - 1e-9).mean():.2f}"
              f"  {moved.mean():10.2f}   {asked.mean():10.3f} {asked_at:.2f}")  # fmt: skip


def _line(values: NDArray[np.float64], true: float) -> str:
    held = (values[:, 1] <= true) & (true <= values[:, 2])
    return (f"{np.abs(values[:, 0] - true).mean():17.3f} {(values[:, 0] - true).mean():+.3f} "
            f"{held.mean():.2f} {(values[:, 2] - values[:, 1]).mean():.3f} ")  # fmt: skip


def main() -> None:
    """Run the sets asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation data")
    parser.add_argument(
        "--cache", type=Path, default=Path(".cache/copies"), help="folder for vectors"
    )
    parser.add_argument("--users", type=int, default=50, help="simulated users")
    parser.add_argument("sets", nargs="*", default=["stories", "ecbplus", "timeline", "mrpc"])
    arguments = parser.parse_args()
    for name in arguments.sets:
        if name == "mrpc":
            report("near copy, mrpc", word_shares(arguments.data), CopyOptions().share, 0.9,
                   arguments.users)  # fmt: skip
        else:
            labelled = event_scores(arguments.data, arguments.cache, name)
            report(f"same event, {name}", labelled, RelationOptions().event_score, 0.95,
                   arguments.users)  # fmt: skip


if __name__ == "__main__":
    main()
