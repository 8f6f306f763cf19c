"""Measure copies and relations on real news: `python -m benchmarks.copies --data DIR`.

Parts, by name after the options (default: all that need no vectors):

    edits    near copies and containments made from syria.jsonl.gz by the rules below,
             hidden among all its other paragraphs
    fakes    the exact copies in fakes.jsonl.gz
    mrpc     how many paraphrase pairs are taken for copies
    speed    time and memory on all paragraphs of security.jsonl.gz
    events   same-event score on stories_val, ecbplus, timeline_updates and mrpc_train; needs
             the default embedding model, and keeps its vectors in --cache
    fit      coefficients of that score from the first 4,500 leads of stories_train
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import resource
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from embeddings.alignment import compare
from embeddings.copies import CopyOptions, survey_copies
from embeddings.documents import Document, Passage
from topics.coverage.relations import RelationOptions, find_contained, find_same_event

# Words that an editor swaps; public knowledge, written before anything was tuned.
_SYNONYMS = """
    said:stated killed:slain attack:assault government:administration rebels:insurgents
    weapons:arms troops:soldiers strike:raid officials:authorities country:nation
    fighters:militants group:organization told:informed reported:disclosed began:started
    ended:finished capital:city leader:chief president:head war:conflict use:employ
    people:persons area:zone many:numerous during:amid after:following before:ahead
    against:versus because:since also:additionally however:though more:further big:large
    support:backing talks:negotiations plan:proposal called:urged says:states
    military:armed international:global civilians:noncombatants security:safety
"""
SYNONYMS = dict(pair.split(":") for pair in _SYNONYMS.split())
RATES = (0.05, 0.1, 0.2, 0.3)


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


# --- edits -------------------------------------------------------------------------------


def typos(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Swap two letters of some words."""
    places = [i for i, word in enumerate(words) if len(word) > 3]
    for i in rng.sample(places, min(len(places), round(rate * len(words)))):
        j = rng.randrange(len(words[i]) - 1)
        word = words[i]
        words[i] = word[:j] + word[j + 1] + word[j] + word[j + 2 :]
    return words


def synonyms(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Swap words for their synonyms, up to the rate."""
    places = [i for i, word in enumerate(words) if word.lower() in SYNONYMS]
    for i in rng.sample(places, min(len(places), round(rate * len(words)))):
        words[i] = SYNONYMS[words[i].lower()]
    return words


def reword(words: list[str], rate: float, rng: random.Random, other: str) -> list[str]:
    """Put words of another paragraph in the place of some: harsher than an editor."""
    pool = other.split()
    for i in rng.sample(range(len(words)), round(rate * len(words))):
        words[i] = rng.choice(pool)
    return words


def cut(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Drop one stretch."""
    size = round(rate * len(words))
    at = rng.randrange(len(words) - size + 1)
    return words[:at] + words[at + size :]


def insert(words: list[str], rate: float, rng: random.Random, other: str) -> list[str]:
    """Insert a stretch of another paragraph, so that it makes up the rate of the result."""
    size = round(rate / (1 - rate) * len(words))
    at = rng.randrange(len(words) + 1)
    return words[:at] + other.split()[:size] + words[at:]


def reorder(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Move the first sentence to the end, then swap synonyms."""
    parts = re.split(r"(?<=[.!?]) +", " ".join(words))
    moved = " ".join(parts[1:] + parts[:1]).split()
    return synonyms(moved, rate, rng, "")


def figure(words: list[str], rate: float, rng: random.Random, _: str) -> list[str]:
    """Change the first figure, then swap synonyms."""
    for i, word in enumerate(words):
        if re.fullmatch(r"[($]?\d[\d,.]*[).,;]?", word):
            words[i] = re.sub(
                r"\d[\d,.]*\d|\d", lambda m: str(int(re.sub(r"\D", "", m[0])) + 9), word
            )
            break
    return synonyms(words, rate, rng, "")


EDITS: dict[str, Callable[[list[str], float, random.Random, str], list[str]]] = {
    edit.__name__: edit for edit in (typos, synonyms, reword, cut, insert, reorder, figure)
}  # fmt: skip


def edited(
    passages: list[Passage], count: int, rng: random.Random
) -> Iterator[tuple[int, str, float, str]]:
    """Yield (row, edit, rate, edited text)."""
    long_enough = [i for i, p in enumerate(passages) if len(p.body.split()) >= 25]
    with_figure = [i for i in long_enough if re.search(r"(?:^| )\d[\d,.]*(?= )", passages[i].body)]
    for name, edit in EDITS.items():
        for rate in RATES:
            for i in rng.sample(with_figure if name == "figure" else long_enough, count):
                other = passages[rng.choice(long_enough)].body
                yield i, name, rate, " ".join(edit(passages[i].body.split(), rate, rng, other))


def measure_edits(data: Path) -> None:
    """Report precision and recall on edited copies among the paragraphs they came from."""
    rng = random.Random(7)  # noqa: S311 - a repeatable sample
    passages, documents = paragraphs(rows(data / "syria.jsonl.gz"))
    true_groups = survey_copies(passages)
    leader = {row: group.canonical for group in true_groups.groups for row in group.members}
    made = list(edited(passages, 30, rng))
    copies = [Passage(f"copy-{n}", 0, 0, 0, len(t), t) for n, (_, _, _, t) in enumerate(made)]
    corpus = passages + copies
    began = time.perf_counter()
    survey = survey_copies(corpus)
    print(f"edits: {len(copies)} edited copies among {len(passages)} paragraphs, "
          f"{time.perf_counter() - began:.1f} s")  # fmt: skip
    origin = {len(passages) + n: row for n, (row, *_) in enumerate(made)}
    group_of = {row: g for g in survey.groups for row in g.members}
    wrong = 0
    found: dict[tuple[str, float], list[bool]] = defaultdict(list)
    shares: dict[float, list[float]] = defaultdict(list)
    for row, source in origin.items():
        _, name, rate, text = made[row - len(passages)]
        group = group_of.get(row)
        found[name, rate].append(group is not None and source in group.members)
        shares[rate].append(compare(passages[source].body, text).share)
    for group in survey.groups:
        if any(row in origin for row in group.members):
            roots = Counter(origin.get(row, row) for row in group.members)
            roots = Counter(leader.get(root, root) for root in roots.elements())
            wrong += sum(roots.values()) - max(roots.values())
    joined = sum(row in group_of for row in origin)
    hits = sum(sum(x) for x in found.values())
    print(f"  recall {hits / len(origin):.4f}   strangers in their groups {wrong} of {joined}: "
          f"precision {1 - wrong / max(joined, 1):.4f}")  # fmt: skip
    for name in EDITS:
        print(f"  {name:9s}", "  ".join(f"{r:.0%}: {np.mean(found[name, r]):.3f}" for r in RATES))
    print("  mean share", "  ".join(f"{r:.0%}: {np.mean(shares[r]):.3f}" for r in RATES))
    changed = [(row, text) for row, name, _, text in made if name == "figure"]
    told = [
        any(
            fact.kind in ("figure", "date") and fact.conflicting
            for fact in compare(passages[row].body, text).changed_facts
        )
        for row, text in changed
    ]  # a year is a date
    print(f"  changed figure reported {np.mean(told):.4f} of {len(told)}")
    _measure_quoting(passages, documents, rng)


def _measure_quoting(
    passages: list[Passage], documents: dict[str, Document], rng: random.Random
) -> None:
    """Put lightly edited paragraphs inside longer ones of other articles, and look for them."""
    lengths = [len(p.body.split()) for p in passages]
    pool = [i for i, n in enumerate(lengths) if n >= 25]
    hosts, truth = [], {}
    for n in range(300):
        inner, outer = rng.sample(pool, 2)
        words = passages[inner].body.split()
        words = synonyms(words, rng.choice((0.0, 0.05, 0.08)), rng, "")
        host = passages[outer].body.split()
        at = rng.randrange(len(host) + 1)
        text = " ".join(host[:at] + words + host[at:])
        hosts.append(Passage(f"host-{n}", 0, 0, 0, len(text), text))
        truth[f"host-{n}"] = inner, outer
    corpus = passages + hosts
    nodes = np.arange(len(corpus))
    for group in survey_copies(corpus).groups:
        nodes[list(group.members)] = group.canonical
    relations = find_contained(corpus, documents, nodes)
    right = wrong = 0
    for relation in relations:
        name = corpus[relation.a].document_id
        if name in truth:
            good = {int(nodes[row]) for row in truth[name]}
            inside = [r.b for r in relations if r.a in truth[name]]
            good |= {int(nodes[row]) for row in inside}
            right += int(nodes[relation.b]) == int(nodes[truth[name][0]])
            wrong += int(nodes[relation.b]) not in good
    # A host that is nearly all quotation is a near copy, and is counted with those.
    near = sum(
        int(nodes[len(passages) + n]) == int(nodes[truth[f"host-{n}"][0]]) for n in range(300)
    )
    print(f"  quoted inside another: recall {(right + near) / 300:.4f} ({near} as near copies), "
          f"wrong {wrong} of {right + wrong}")  # fmt: skip


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
    began = time.perf_counter()
    survey = survey_copies(passages, sources=sources)
    seconds = time.perf_counter() - began
    print(f"speed: {len(passages)} paragraphs, {survey.distinct} distinct, {survey.candidates} "
          f"pairs aligned, {len(survey.groups)} groups, {len(survey.apart)} pairs apart, "
          f"{survey.plan}: {seconds:.1f} s")  # fmt: skip
    nodes = np.arange(len(passages))
    for group in survey.groups:
        nodes[list(group.members)] = group.canonical
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
    varied = [Passage(f"v{n}", 0, 0, 0, 999, f"{body} {n}") for n in range(10_000)]
    for name, many in (("equal", same), ("varied", varied)):
        began = time.perf_counter()
        groups = survey_copies(many).groups
        print(f"  10,000 {name} copies: {len(groups)} group, {time.perf_counter() - began:.1f} s")


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
    from embeddings.neighbours import find_neighbours

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

    from embeddings.neighbours import find_neighbours
    from embeddings.wording import read_many
    from topics.coverage.same_event import candidate_pairs, conflict, measure_likeness, read_facts

    found = rows(data / "stories_train.jsonl.gz")[:4500]
    texts = [_lead(row) for row in found]
    worded = read_many(texts)
    graph = find_neighbours(_vectors(texts, cache / "events-train.npy"), 40)
    pairs, cosines = candidate_pairs(graph)
    long_enough = worded.lengths[pairs].min(axis=1) >= RelationOptions().event_words
    like = measure_likeness(worded, graph, pairs[long_enough], cosines[long_enough])
    facts = [read_facts(text) for text in texts]
    parts = [like.cosines, like.words, like.typical_cosines, like.typical_words]
    for kind in ("figure", "date"):
        clash = [conflict(facts[a], facts[b], kind) for a, b in like.pairs.tolist()]
        parts.append(np.array(clash, dtype=float))
    story = np.array([row["story"] for row in found])
    truth = story[like.pairs[:, 0]] == story[like.pairs[:, 1]]
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


def main() -> None:
    """Run the parts asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder of the evaluation data")
    parser.add_argument(
        "--cache", type=Path, default=Path(".cache/copies"), help="folder for vectors"
    )
    parser.add_argument("parts", nargs="*", default=["edits", "fakes", "mrpc", "speed"])
    arguments = parser.parse_args()
    print(CopyOptions(), CopyOptions().plan())
    measures: dict[str, Callable[[], None]] = {
        "edits": lambda: measure_edits(arguments.data),
        "fakes": lambda: measure_fakes(arguments.data),
        "mrpc": lambda: measure_mrpc(arguments.data),
        "speed": lambda: measure_speed(arguments.data),
        "events": lambda: measure_events(arguments.data, arguments.cache),
        "fit": lambda: fit_events(arguments.data, arguments.cache),
    }
    for part in arguments.parts:
        measures[part]()


if __name__ == "__main__":
    main()
