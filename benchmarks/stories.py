"""Measure stories on labelled news: `python -m benchmarks.stories --data DIR [PARTS]`.

Parts, by name after the options (default: sets samples):

    sets     B-cubed precision, recall and F at the one setting, without the number of stories;
             beside average link over vectors, words and half of each, every one at the
             threshold that is best for it on that set; and at other thresholds
    samples  the same of smaller corpora: a few stories or topics of a set
    small    pairs of corpora of 2 to 30 articles: one and those nearest to it, of its story or
             not; beside what the whole set says of the same pairs
    fit      coefficients of topics/coverage/likeness/articles.py and linking.py from stories_train
    speed    time and memory on stories_train repeated with noise, 100,000 articles

Needs the default embedding model, and keeps its vectors in --cache. Nothing is fitted on
stories_val, ecbplus and timeline_updates. The last has no headlines; its dates are not used,
since a date is a story there.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.copies import rows
from embeddings.documents import Document
from embeddings.text.wording import read_many
from embeddings.vectors.neighbours import find_neighbours
from topics.coverage.articles.articles import Article
from topics.coverage.likeness import articles as affinity
from topics.coverage.likeness.articles import Affinity, headline, story_text
from topics.coverage.stories import linking
from topics.coverage.stories.stories import StoryOptions, StorySurvey, find_stories

FILES = {
    "stories_val": "stories_val.jsonl",
    "ecbplus": "ecbplus.jsonl.gz",
    "timeline_updates": "timeline_updates.jsonl.gz",
    "stories_train": "stories_train.jsonl.gz",
}
# Stories of the samples that the model is fitted on, so that it meets corpora of all sizes.
FITTED = (400,) * 4 + (100,) * 5 + (30,) * 8
THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6)
Corpus = tuple[list[Article], NDArray[np.float32], NDArray[Any]]


class Sets:
    """The labelled sets with their vectors."""

    def __init__(self, data: Path, cache: Path) -> None:
        self._data = data
        self._cache = cache

    def read(self, name: str, key: str = "story") -> tuple[Corpus, NDArray[Any]]:
        """Return a set's articles, vectors and stories, and what ``key`` holds."""
        found = rows(self._data / FILES[name])
        articles = [_article(row) for row in found]
        stories = np.array([row["story"] for row in found])
        return (articles, self._embed(articles), stories), np.array([row[key] for row in found])

    def _embed(self, articles: Sequence[Article]) -> NDArray[np.float32]:
        texts = [story_text(article) or " " for article in articles]
        digest = blake2b("\0".join(texts).encode(), digest_size=8).hexdigest()
        path = self._cache / f"stories-{digest}.npy"
        if not path.exists():
            from embeddings.encoders.opening import open_encoder

            self._cache.mkdir(parents=True, exist_ok=True)
            np.save(path, open_encoder().encode(texts))
        vectors: NDArray[np.float32] = np.load(path)
        return vectors


def _article(row: dict[str, Any]) -> Article:
    text = row["text"] or ""
    return Article(Document(row["id"], text, row.get("title") or ""), (), text, (0,))


def select(corpus: Corpus, kept: NDArray[np.bool_]) -> Corpus:
    """Return a part of a corpus."""
    articles, vectors, stories = corpus
    return [articles[i] for i in np.flatnonzero(kept)], vectors[kept], stories[kept]


def b_cubed(truth: NDArray[Any], found: NDArray[Any]) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F (Bagga and Baldwin 1998)."""
    of_truth, of_found = (np.unique(x, return_inverse=True)[1] for x in (truth, found))
    _, cell, sizes = np.unique(
        of_truth * (of_found.max() + 1) + of_found, return_inverse=True, return_counts=True
    )
    both = sizes[cell]
    precision = float((both / np.bincount(of_found)[of_found]).mean())
    recall = float((both / np.bincount(of_truth)[of_truth]).mean())
    return precision, recall, 2 * precision * recall / (precision + recall)


def group(corpus: Corpus, options: StoryOptions | None = None) -> NDArray[np.int64]:
    """Return the story of each article; those in none have one of their own."""
    return _label(find_stories(corpus[0], corpus[1], options=options), len(corpus[0]))


def _label(survey: StorySurvey, count: int) -> NDArray[np.int64]:
    labels = np.arange(count) + count
    for number, story in enumerate(survey.stories):
        labels[list(story.members)] = number
    return labels


def average_link(likeness: NDArray[np.float64], truth: NDArray[Any]) -> tuple[float, float]:
    """Return the best F of average link over all thresholds, and where it is."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    distance = np.maximum(1 - (likeness + likeness.T) / 2, 0)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    heights = np.arange(0.2, 1, 0.01)
    return max((b_cubed(truth, fcluster(tree, h, "distance"))[2], 1 - h) for h in heights)


def measure_sets(sets: Sets) -> None:
    """Print what the one setting finds, beside references and other thresholds."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    for name in ("stories_val", "ecbplus", "timeline_updates"):
        corpus, _ = sets.read(name)
        articles, vectors, truth = corpus
        unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        cosines = (unit @ unit.T).astype(np.float64)
        texts = [f"{article.document.title}\n{article.body}" for article in articles]
        sparse = TfidfVectorizer(sublinear_tf=True).fit_transform(texts)
        words = np.asarray((sparse @ sparse.T).todense())
        print(f"{name}: {len(articles)} articles, {len(set(truth))} stories")
        for label, likeness in (
            ("MiniLM", cosines),
            ("lex", words),
            ("half and half", (cosines + words) / 2),
        ):
            best, place = average_link(likeness, truth)
            print(f"  average link, {label:14s} F {best:.3f} at its best, {place:.2f}")
        clock, cpu = time.perf_counter(), time.process_time()
        found = group(corpus)
        spent = time.perf_counter() - clock, time.process_time() - cpu
        precision, recall, f = b_cubed(truth, found)
        print(f"  stories  P {precision:.3f} R {recall:.3f} F {f:.3f}", end="")
        print(f"  ({spent[0]:.1f} s, {spent[1]:.1f} CPU s)")
        curve = [(t, b_cubed(truth, group(corpus, StoryOptions(threshold=t)))) for t in THRESHOLDS]
        print("  at", " ".join(f"{t}: {found[2]:.3f}" for t, found in curve))


def measure_samples(sets: Sets) -> None:
    """Print the mean of five samples of each kind."""
    for name, key, size in (
        ("ecbplus", "label", 10),
        ("ecbplus", "label", 3),
        ("stories_val", "story", 60),
        ("stories_val", "story", 15),
        ("stories_val", "story", 4),
    ):
        corpus, values = sets.read(name, key)
        rng, found = np.random.default_rng(5), []
        for _ in range(5):
            kept = np.isin(values, rng.choice(sorted(set(values)), size, replace=False))
            part = select(corpus, kept)
            found.append((int(kept.sum()), *b_cubed(part[2], group(part))))
        count, precision, recall, f = np.mean(found, axis=0)
        print(f"{name}, {size} by {key} ({count:.0f} articles): ", end="")
        print(f"P {precision:.3f} R {recall:.3f} F {f:.3f} (least {min(x[3] for x in found):.3f})")


def _draw(corpus: Corpus, size: int, count: int) -> Iterator[NDArray[np.bool_]]:
    """Yield corpora of an article and those nearest to it; then without those of its story."""
    _, vectors, truth = corpus
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for strangers in (False, True):
        rng = np.random.default_rng(size)
        for row in rng.integers(len(truth), size=count).tolist():
            far = -(unit @ unit[row])
            far[(truth == truth[row]) & strangers] = np.inf
            far[row] = -np.inf
            kept = np.zeros(len(truth), bool)
            kept[np.argsort(far, kind="stable")[:size]] = True
            yield kept


def _pairs(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Tell of each pair whether both have one label."""
    same: NDArray[np.bool_] = labels[:, None] == labels[None]
    return same[np.triu_indices(len(labels), 1)]


def measure_small(sets: Sets) -> None:
    """Print precision, recall and F of the pairs of small corpora, all drawn together."""
    for name in ("stories_val", "ecbplus", "timeline_updates"):
        corpus, _ = sets.read(name)
        whole = group(corpus)
        for size, count in ((2, 200), (5, 80), (12, 30), (30, 15)):
            told: list[list[NDArray[np.bool_]]] = [[], [], []]
            for kept in _draw(corpus, size, count):
                part = select(corpus, kept)
                for column, labels in zip(told, (part[2], group(part), whole[kept]), strict=True):
                    column.append(_pairs(labels))
            truth, *found = (np.concatenate(column) for column in told)
            print(f"{name}, {2 * count} of {size}:", end="")
            for label, pairs in zip(("alone", "in the whole set"), found, strict=True):
                right = float((truth & pairs).sum())
                precision, recall = right / max(pairs.sum(), 1), right / max(truth.sum(), 1)
                f = 2 * right / max(truth.sum() + pairs.sum(), 1)
                print(f"  {label} P {precision:.2f} R {recall:.2f} F {f:.2f}", end="")
            print(flush=True)


def _training(sets: Sets) -> Iterator[tuple[Affinity, NDArray[np.int64], NDArray[Any]]]:
    """Yield samples to fit on: the measure, its near pairs, and the stories."""
    corpus, _ = sets.read("stories_train")
    written = np.array([bool(article.body.strip()) for article in corpus[0]])
    names = np.random.default_rng(0).permutation(sorted(set(corpus[2])))
    place = 0
    for size in FITTED:
        kept = written & np.isin(corpus[2], names[place : place + size])
        place += size
        articles, vectors, truth = select(corpus, kept)
        texts = read_many([*map(story_text, articles), *map(headline, articles)])
        graph = find_neighbours(vectors, affinity.NEIGHBOURS)
        first = np.repeat(np.arange(graph.size), StoryOptions().neighbours)
        second = graph.indices[:, : StoryOptions().neighbours].ravel()
        pairs = np.unique(np.sort(np.stack((first, second), axis=1), axis=1), axis=0)
        yield Affinity(texts, vectors, graph), pairs.astype(np.int64), truth


def _logistic(features: NDArray[np.float64], truth: NDArray[Any]) -> NDArray[np.float64]:
    """Return the weights, and the intercept last."""
    from sklearn.linear_model import LogisticRegression

    mean, deviation = features.mean(axis=0), features.std(axis=0)
    fitted = LogisticRegression(C=10, max_iter=3000).fit((features - mean) / deviation, truth)
    weights = fitted.coef_[0] / deviation
    return np.append(weights, fitted.intercept_[0] - weights @ mean)


def fit(sets: Sets) -> None:
    """Print the coefficients: first of pairs, then of merges on the scale of pairs."""
    samples = list(_training(sets))
    features, truths = [], []
    for measure, pairs, truth in samples:
        found = measure.measure(pairs)
        features.append(
            np.stack(
                (
                    found.cosines, found.words, found.headlines, found.typical_cosines,
                    found.typical_words, found.figures, found.dates,
                ),
                axis=1,
            )
        )  # fmt: skip
        truths.append(truth[pairs[:, 0]] == truth[pairs[:, 1]])
    weights = _logistic(np.concatenate(features), np.concatenate(truths))
    merges, same = [], []
    # On the scale of pairs, two that were not compared are near -9.5.
    linking.MISSING = -9.5
    for (measure, pairs, truth), of_pairs in zip(samples, features, strict=True):
        evidence = of_pairs @ weights[:-1] + weights[-1]
        count = len(truth)
        tree = linking.grow([[node] for node in range(count)], pairs, evidence, -7.0)
        members = [[node] for node in range(count)]
        for cluster in tree.clusters[count:]:
            one, other = cluster.children or (0, 0)
            members.append(members[one] + members[other])
            merges.append((cluster.mean, cluster.drop))
            same.append(len(set(truth[members[-1]])) == 1)
        del measure
    scale, drop, shift = _logistic(np.array(merges), np.array(same))
    scaled = np.append(weights[:-1] * scale, weights[-1] * scale + shift)
    names = "cosines words headlines typical_cosines typical_words figures dates intercept"
    for name, value in zip(names.split(), scaled, strict=True):
        print(f"{name} = {value:.2f}")
    print(f"DROP = {-drop / scale:.2f}")
    typical = [np.concatenate([f[:, column] for f in features[:2]]) for column in (3, 4)]
    for name, found in zip(("COSINE", "WORDS"), typical, strict=True):
        print(f"typical {name}: median {np.median(found):.3f}, 5 % {np.quantile(found, 0.05):.3f}")
    print(f"{len(merges)} merges, of {sum(map(len, truths))} pairs, scale {scale:.3f}")


def measure_speed(sets: Sets, count: int = 100_000) -> None:
    """Print time and memory on leads with four of ten words exchanged, undated."""
    (articles, vectors, _), _ = sets.read("stories_train")
    rng = np.random.default_rng(0)
    pool = np.array([word for article in articles for word in article.body.split()])
    made = []
    drawn = rng.integers(0, len(articles), count)
    for number, row in enumerate(drawn.tolist()):
        words = np.array(articles[row].body.split() or [""])
        other = rng.random(len(words)) < 0.4
        words = np.where(other, pool[rng.integers(0, len(pool), len(words))], words)
        text = " ".join(words.tolist())
        document = replace(articles[row].document, id=str(number), text=text)
        made.append(Article(document, (), text, (0,)))
    noisy = vectors[drawn] + rng.normal(0, 0.05, (count, vectors.shape[1])).astype(np.float32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    clock, cpu = time.perf_counter(), time.process_time()
    survey = find_stories(made, noisy)
    print(
        f"{count} articles: {time.perf_counter() - clock:.0f} s, "
        f"{time.process_time() - cpu:.0f} CPU s, {len(survey.pairs)} pairs, "
        f"{len(survey.stories)} stories, memory {before / 2**20:.2f} GiB before, "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB at most"
    )


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation data")
    parser.add_argument("--cache", type=Path, default=Path(".cache/stories"), help="for vectors")
    parser.add_argument("parts", nargs="*", default=["sets", "samples"])
    arguments = parser.parse_args()
    print(StoryOptions())
    sets = Sets(arguments.data, arguments.cache)
    measures = {
        "sets": measure_sets,
        "samples": measure_samples,
        "small": measure_small,
        "fit": fit,
        "speed": measure_speed,
    }
    for part in arguments.parts:
        measures[part](sets)


if __name__ == "__main__":
    main()
