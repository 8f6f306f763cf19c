"""Measure copies and relations on real news: `python -m benchmarks.copies --data DIR`.

Parts, by name after the options (default: the first three, each a script of its own):

    stories  B-cubed F of stories on four sets, one setting      (benchmarks/stories.py)
    pairs    average precision of the score of two sentences     (benchmarks/pairs.py)
    reuse    copies edited by rule, hidden among their corpus    (benchmarks/reuse.py)
    fakes    the exact copies in fakes.jsonl.gz
    mrpc     how many paraphrase pairs are taken for copies
    speed    time and memory of copies on all paragraphs of security.jsonl.gz; of everything on
             an embedded corpus, and beside SemHash and datasketch: benchmarks/coverage.py
    candidates  pairs looked at for copies as the corpus grows, and what they cost; and the same
             where pairs of two function words are left out
    templates  time of copies as texts of one template grow, with few words for its places and many
    events   same-event score on stories_val, ecbplus, timeline_updates and mrpc_train; needs
             the default embedding model, and keeps its vectors in --cache
    fit      coefficients of that score from the first 4,500 leads of stories_train
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.documents import Document, Passage
from embeddings.text.stopwords import STOP_WORDS
from embeddings.text.wording import read_many
from embeddings.words.alignment import compare
from embeddings.words.copies import CopyOptions, survey_copies
from embeddings.words.minhash import band_keys, candidates, sign
from embeddings.words.verifying import Verifier
from topics.coverage.relations.events import find_same_event
from topics.coverage.relations.relations import RelationOptions
from topics.coverage.relations.wordings import find_contained


def rows(path: Path) -> list[dict[str, Any]]:
    """Read a JSONL file, gzipped or not."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")
    return [json.loads(line) for line in text.split("\n") if line]


def paragraphs(
    articles: list[dict[str, Any]], least: int = 8
) -> tuple[list[Passage], dict[str, Document]]:
    """Split articles at blank lines."""
    passages, documents = [], {}
    for article in articles:
        name = article["id"]
        documents[name] = Document(
            name, article["text"], article["title"], article["source"], article["date"][:10]
        )
        kept = [p.strip() for p in re.split(r"\n\s*\n", article["text"])]
        kept = [p for p in kept if len(p.split()) >= least]
        passages += [Passage(name, i, 0, 0, len(p), p) for i, p in enumerate(kept)]
    return passages, documents


# --- other copies ------------------------------------------------------------------------


def measure_fakes(data: Path) -> None:
    """Compare exact groups with those of equal text, and list near copies."""
    articles = rows(data / "fakes.jsonl.gz")
    passages = [Passage(a["id"], 0, 0, 0, len(a["text"]), a["text"]) for a in articles]
    equal = Counter(" ".join(a["text"].split()) for a in articles)
    survey = survey_copies(passages, sources={a["id"]: a["source"] for a in articles})
    exact = sum(g.texts < len(g.members) for g in survey.groups)
    print(f"fakes: {sum(n > 1 for n in equal.values())} groups of equal texts; groups with equal "
          f"texts found {exact}; near-copy groups "
          f"{sum(g.kind == 'near_copy' for g in survey.groups)}")  # fmt: skip


def measure_mrpc(data: Path) -> None:
    """Count paraphrase pairs taken for near copies, by the share asked for."""
    pairs = rows(data / "mrpc_train.jsonl.gz")
    shares = np.array([compare(p["text_a"], p["text_b"]).share for p in pairs])
    paraphrase = np.array([int(p["label"]) == 1 for p in pairs])
    print("mrpc: share asked for -> pairs taken for copies; of these paraphrases")
    for least in (0.6, 0.65, 0.7, 0.75, 0.8):
        taken = shares >= least
        print(f"  {least:.2f}: {taken.mean():.3f}  {paraphrase[taken].mean():.3f}")


def measure_speed(data: Path) -> None:
    """Time copies and containments on the largest corpus; print its largest groups."""
    passages, documents = paragraphs(rows(data / "security.jsonl.gz"))
    sources = {name: document.source for name, document in documents.items()}
    began, worked = time.perf_counter(), time.process_time()
    survey = survey_copies(passages, sources=sources)
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    print(f"speed: {len(passages)} paragraphs, {survey.distinct} distinct, {survey.candidates} "
          f"pairs aligned, {len(survey.groups)} groups, {len(survey.apart)} pairs apart, "
          f"{len(survey.conflicting)} versions apart, {survey.plan}: {seconds:.1f} s, "
          f"{worked:.1f} s of processor time")  # fmt: skip
    nodes = np.arange(len(passages))
    for leader, members in survey.wordings:
        nodes[list(members)] = leader
    began = time.perf_counter()
    contained = find_contained(passages, documents, nodes)
    print(f"  {len(contained)} containments: {time.perf_counter() - began:.1f} s; peak "
          f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")  # fmt: skip
    for group in survey.groups[:10]:
        print(f"  {group.kind} {len(group.members)} passages, {group.texts} texts, "
              f"{len(group.outlets)} outlets, least share {min(group.shares):.2f}: "
              f"{passages[group.canonical].body[:90]!r}")  # fmt: skip
    body = passages[0].body
    same = [Passage(f"d{n}", 0, 0, 0, len(body), body) for n in range(10_000)]
    letters = str.maketrans("0123456789", "abcdefghij")
    varied = [
        Passage(f"v{n}", 0, 0, 0, 999, f"{body} {str(n).translate(letters)}") for n in range(10_000)
    ]
    other = [Passage(f"o{n}", 0, 0, 0, 999, f"{body} {n}") for n in range(10_000)]
    for name, many in (("equal", same), ("varied", varied), ("numbered", other)):
        began = time.perf_counter()
        found = survey_copies(many)
        print(f"  10,000 {name} copies: {len(found.groups)} groups, {len(found.conflicting)} "
              f"versions kept apart, {time.perf_counter() - began:.1f} s")  # fmt: skip


def measure_candidates(data: Path) -> None:
    """Count the pairs that MinHash proposes at three sizes, by which pairs of words count."""
    passages, _ = paragraphs(rows(data / "security.jsonl.gz"))
    bodies = list(dict.fromkeys(passage.body for passage in passages))
    options = CopyOptions()
    print("texts, word pairs: pairs a text, pairs of large buckets, near copies (of those found "
          "with all word pairs), s to sign, to propose, to verify")  # fmt: skip
    for count in (len(bodies) // 8, len(bodies) // 4, len(bodies) // 2, len(bodies)):
        texts = read_many(bodies[:count])
        common = np.array([word in STOP_WORDS for word in texts.vocabulary.words()])[texts.numbers]
        hashes, offsets = texts.shingles(2)
        owner = np.repeat(np.arange(count), np.diff(offsets))
        at = np.arange(len(hashes)) - offsets[owner] + texts.offsets[owner]
        found: list[set[tuple[int, int]]] = []
        for name, wanted in (
            ("all", np.ones(len(hashes), bool)),
            ("no two function words", ~(common[at] & common[at + 1])),
        ):
            kept = np.concatenate(([0], np.cumsum(np.bincount(owner[wanted], minlength=count))))
            times = [time.process_time()]
            signed = sign(hashes[wanted], kept, options.plan().permutations, 1)
            keys = band_keys(signed, options.plan())
            keys = keys[usable := np.flatnonzero((np.diff(kept) > 2) & (texts.lengths > 7))]
            times.append(time.process_time())
            pairs, large = candidates(keys)
            times.append(time.process_time())
            verifier = Verifier(texts, options)
            verifier.verify(usable[pairs[:, 0]], usable[pairs[:, 1]])
            times.append(time.process_time())
            found.append(set(verifier.edges))
            within = sum(len(bucket) * (len(bucket) - 1) // 2 for bucket in large)
            share = len(found[0] & found[-1]) / max(len(found[0]), 1)
            spent = " ".join(f"{one:.1f}" for one in np.diff(times))
            print(f"  {count:,}, {name}: {len(pairs) / count:.2f}, {within:,}, "
                  f"{len(found[-1]):,} ({share:.3f}), {spent}")  # fmt: skip


def measure_templates(_: Path) -> None:
    """Time copies among texts of one template of 40 words, of which 16 are exchanged."""
    sizes = (1_000, 2_000, 4_000)
    letters = str.maketrans("0123456789", "ghijklmnop")
    for choices in (200, 20_000):
        seconds = []
        for size in sizes:
            rng = random.Random(0)  # noqa: S311 - a repeatable sample
            places = set(rng.sample(range(40), 16))
            made = []
            for n in range(size):
                told = [f"{n}-{rng.randrange(choices) if n in places else 0}" for n in range(40)]
                keys = (hashlib.sha256(one.encode()).hexdigest()[:8] for one in told)
                text = " ".join(keys).translate(letters)
                made.append(Passage(f"t{n}", 0, 0, 0, len(text), text))
            began = time.process_time()
            survey = survey_copies(made)
            seconds.append(time.process_time() - began)
            print(f"templates, {choices} words a place: {size:,} texts, {survey.candidates:,} "
                  f"pairs aligned, {len(survey.wordings)} wordings: {seconds[-1]:.1f} s"
                  )  # fmt: skip
        slope = np.log(seconds[-1] / seconds[0]) / np.log(sizes[-1] / sizes[0])
        print(f"  exponent {slope:.2f}")


# --- same event --------------------------------------------------------------------------


def measure_events(data: Path, cache: Path) -> None:
    """Report precision and recall of the event score, by threshold, over all true pairs."""
    for name, file in (("stories", "stories_val.jsonl"), ("ecbplus", "ecbplus.jsonl.gz"),
                       ("timeline", "timeline_updates.jsonl.gz")):  # fmt: skip
        found = rows(data / file)
        texts = [_lead(row) for row in found]
        outlets = [row["source"] if name == "timeline" else "" for row in found]
        dates = [row["date"] if name == "timeline" else "" for row in found]
        vectors = _vectors(texts, cache / f"events-{name}.npy")
        scores = _score_pairs(texts, outlets, dates, vectors)
        stories = [row["story"] for row in found]
        size = Counter(stories)
        size.pop("", None)
        true = sum(n * (n - 1) // 2 for n in size.values())
        judged = [(s, stories[a] == stories[b]) for (a, b), s in scores.items()]
        _report(name, judged, true)
    pairs = rows(data / "mrpc_train.jsonl.gz")[:1500]
    texts = [p["text_a"] for p in pairs] + [p["text_b"] for p in pairs]
    vectors = _vectors(texts, cache / "mrpc.npy")
    scores = _score_pairs(texts, ["a"] * 1500 + ["b"] * 1500, [""] * 3000, vectors)
    labels = [int(p["label"]) == 1 for p in pairs]
    judged = [(s, labels[min(p)]) for p, s in scores.items() if abs(p[0] - p[1]) == 1500]
    _report("mrpc", judged, sum(labels))


def _lead(row: dict[str, Any]) -> str:
    """Title and lead paragraph; of ecbplus, a sentence a line, the first two sentences."""
    if "split" in row and row["id"].startswith("ecb"):
        lines = [line for line in row["text"].split("\n") if len(line.split()) > 5]
        return " ".join(lines[:2])[:600]
    title = f"{row['title']}. " if row.get("title") else ""
    return title + str(row["text"])


def _score_pairs(
    texts: list[str], outlets: list[str], dates: list[str], vectors: NDArray[np.float32]
) -> dict[tuple[int, int], float]:
    """Score all pairs, each text an article of its own."""
    from embeddings.vectors.neighbours import find_neighbours

    passages = [Passage(f"{i}", 0, 0, 0, len(t), t) for i, t in enumerate(texts)]
    documents = {
        f"{i}": Document(f"{i}", text, "", outlet, date)
        for i, (text, outlet, date) in enumerate(zip(texts, outlets, dates, strict=True))
    }
    found = find_same_event(
        passages, documents, np.arange(len(texts)), find_neighbours(vectors, 40),
        options=RelationOptions(event_score=0.02),
    )  # fmt: skip
    return {(r.a, r.b): getattr(r.evidence, "score", 0.0) for r in found}


def _report(name: str, judged: list[tuple[float, bool]], true: int) -> None:
    from sklearn.metrics import average_precision_score as average_precision

    scores, right = (np.array(column) for column in zip(*judged, strict=True))
    recalled = right.sum() / true
    print(f"events, {name}: {true} true pairs; average precision "
          f"{average_precision(right, scores) * recalled:.4f}")  # fmt: skip
    for least in (0.5, 0.6, 0.7, 0.8, 0.9):
        taken = scores >= least
        print(f"  {least:.2f}: {taken.sum()} pairs, precision {right[taken].mean():.3f} "
              f"recall {right[taken].sum() / true:.3f}")  # fmt: skip


def fit_events(data: Path, cache: Path) -> None:
    """Fit the coefficients of the event score, dates of publication left out."""
    from sklearn.linear_model import LogisticRegression

    from embeddings.text.wording import read_many
    from embeddings.vectors.neighbours import find_neighbours
    from topics.coverage.likeness.passages import (
        candidate_pairs,
        measure_likeness,
        read_stated,
        split_score,
        weigh,
    )

    found = rows(data / "stories_train.jsonl.gz")[:4500]
    texts = [_lead(row) for row in found]
    worded = read_many(texts)
    graph = find_neighbours(_vectors(texts, cache / "events-train.npy"), 40)
    pairs, cosines = candidate_pairs(graph)
    long_enough = worded.lengths[pairs].min(axis=1) >= RelationOptions().event_words
    pairs = pairs[long_enough]
    like = measure_likeness(worded, graph, pairs, cosines[long_enough])
    stated = [read_stated(text) for text in texts]
    parts = [like.cosines, like.words, like.typical_cosines, like.typical_words]
    weighed = [
        {name: value for name, value, _ in split_score(weigh(stated[a], stated[b], like, n))}
        for n, (a, b) in enumerate(pairs.tolist())
    ]
    parts += [
        np.array([one[f"{kind} conflict"] for one in weighed]) for kind in ("figures", "dates")
    ]
    story = np.array([row["story"] for row in found])
    truth = story[pairs[:, 0]] == story[pairs[:, 1]]
    model = LogisticRegression(C=100, max_iter=3000).fit(np.stack(parts, axis=1), truth)
    print(f"fit: {len(truth)} pairs, {truth.sum()} true; intercept {model.intercept_[0]:.2f}; "
          "cosine, words, typical cosine, typical words, figures, dates "
          f"{' '.join(f'{c:.2f}' for c in model.coef_[0])}")  # fmt: skip


def _vectors(texts: list[str], path: Path) -> NDArray[np.float32]:
    if not path.exists():
        from embeddings.encoders.opening import open_encoder

        path.parent.mkdir(parents=True, exist_ok=True)
        np.save(path, open_encoder().encode(texts))
    vectors: NDArray[np.float32] = np.load(path)
    return vectors


def _run(name: str, data: Path) -> None:
    """Run another script of this folder, with its own cache."""
    command = [sys.executable, "-m", f"benchmarks.{name}", "--data", str(data)]
    subprocess.run(command, check=True)


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation data")
    parser.add_argument(
        "--cache", type=Path, default=Path(".cache/copies"), help="folder for vectors"
    )
    parser.add_argument("parts", nargs="*", default=["stories", "pairs", "reuse"])
    arguments = parser.parse_args()
    print(CopyOptions(), CopyOptions().plan())
    measures: dict[str, Callable[[], None]] = {
        "stories": lambda: _run("stories", arguments.data),
        "pairs": lambda: _run("pairs", arguments.data),
        "reuse": lambda: _run("reuse", arguments.data),
        "fakes": lambda: measure_fakes(arguments.data),
        "mrpc": lambda: measure_mrpc(arguments.data),
        "speed": lambda: measure_speed(arguments.data),
        "candidates": lambda: measure_candidates(arguments.data),
        "templates": lambda: measure_templates(arguments.data),
        "events": lambda: measure_events(arguments.data, arguments.cache),
        "fit": lambda: fit_events(arguments.data, arguments.cache),
    }
    for part in arguments.parts:
        measures[part]()


if __name__ == "__main__":
    main()
