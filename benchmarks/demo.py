"""What is found in the demo corpus, against its answer key.

    topicwire cluster seeds/ --topics seeds/topics.toml --db topicwire.db
    python -m benchmarks.demo --db topicwire.db

Topics: a passage is right when it is in the guided topic of the key, or, for the key's other
topics, in the one discovered topic matched to it (one to one, most passages first). Copies:
every pair of passages that the key calls exact or near_copy must stand in one group, and no
other pair of passages may.
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from embeddings.corpus.store import CorpusStore

SEEDS = Path(__file__).parents[1] / "seeds"


@dataclass(frozen=True)
class Score:
    """The demo corpus as found, against the key."""

    expected: int
    unmatched: list[str]
    wrong_topics: list[tuple[str, str, str]]
    copies_missed: list[tuple[str, str, str]]
    copies_invented: list[tuple[str, str]]
    relations_missed: dict[str, list[tuple[str, str]]]
    relations_unlisted: dict[str, list[tuple[str, str]]]
    relations_listed: dict[str, int]

    @property
    def topic_share(self) -> float:
        """Share of the key's passages that are found and in the right topic."""
        return 1 - (len(self.wrong_topics) + len(self.unmatched)) / self.expected


def read_key() -> dict[str, Any]:
    return tomllib.loads((SEEDS / "expected.toml").read_text(encoding="utf-8"))


def score(db: Path) -> Score:
    key = read_key()
    with CorpusStore.open(db) as store:
        texts = _passages(store)
        topics = dict(
            store.rows(
                "SELECT a.passage_id, t.kind || ': ' || t.name FROM assignments AS a "
                "JOIN topics AS t ON t.id = a.topic_id"
            )
        )
        groups: dict[int, list[int]] = {}
        for passage_id, group_id in store.rows("SELECT passage_id, group_id FROM copy_members"):
            groups.setdefault(group_id, []).append(passage_id)
        relations = store.rows("SELECT kind, a, b FROM relations")

    def find(file: str, starts: str) -> int | None:
        ids = [i for i, (name, text) in texts.items() if name == file and starts in text]
        return ids[0] if len(ids) == 1 else None

    labels: dict[int, str] = {}
    unmatched = []
    for document in key["document"]:
        for passage in document["passages"]:
            found = find(document["file"], passage["starts"])
            if found is None:
                unmatched.append(f"{document['file']}: {passage['starts']}")
            else:
                labels[found] = passage["topic"]
    right = _match_topics(labels, topics)
    wrong = [
        (texts[i][1][:60], label, topics.get(i, "none"))
        for i, label in labels.items()
        if topics.get(i) != right.get(label)
    ]
    listed: dict[str, set[frozenset[int]]] = {}
    for relation in key["relation"]:
        ends = [find(**relation[end]) for end in "ab"]
        if None in ends:
            unmatched.append(f"relation {relation['kind']}: {relation['a']} {relation['b']}")
        else:
            listed.setdefault(relation["kind"], set()).add(frozenset(map(int, filter(None, ends))))
    # What shares its wording and says something else is shown, and in no group.
    versions = {frozenset((a, b)) for kind, a, b in relations if kind == "near_copy"}
    wanted = listed.get("exact", set()) | listed.get("near_copy", set())
    joined = {
        frozenset(pair) for ids in groups.values() for pair in combinations(ids, 2)
    } | versions

    def show(pair: frozenset[int]) -> tuple[str, str]:
        first, second = sorted(pair)
        return texts[first][1][:70], texts[second][1][:70]

    # Where a text was copied, one pair stands for all its copies.
    group_of = {i: group for group, ids in groups.items() for i in ids}

    def nodes(pair: frozenset[int]) -> frozenset[int]:
        return frozenset(-group_of[i] - 1 if i in group_of else i for i in pair)

    missed, unlisted = {}, {}
    for kind in ("contains", "same_event"):
        found_pairs = {frozenset((a, b)) for k, a, b in relations if k == kind}
        known = {nodes(pair) for pair in found_pairs}
        truth = {nodes(pair) for pair in listed.get(kind, set())}
        missed[kind] = [show(p) for p in listed.get(kind, set()) if nodes(p) not in known]
        unlisted[kind] = [show(p) for p in found_pairs if nodes(p) not in truth]
    return Score(
        expected=sum(len(d["passages"]) for d in key["document"]),
        unmatched=unmatched,
        wrong_topics=wrong,
        copies_missed=[("copy", *show(pair)) for pair in wanted - joined],
        copies_invented=[show(pair) for pair in joined - wanted],
        relations_missed=missed,
        relations_unlisted=unlisted,
        relations_listed={kind: len(pairs) for kind, pairs in listed.items()},
    )


def _passages(store: CorpusStore) -> dict[int, tuple[str, str]]:
    rows = store.rows(
        "SELECT p.id, d.path, p.text FROM passages AS p JOIN documents AS d ON d.id = p.document_id"
    )
    return {i: ("/".join(Path(path).parts[-2:]), text) for i, path, text in rows}


def _match_topics(labels: dict[int, str], topics: dict[int, str]) -> dict[str, str]:
    """Name in the key to name found: the guided by name, the others one to one by members."""
    guided = {name.removeprefix("guided: ") for name in topics.values() if name[:6] == "guided"}
    right = {label: f"guided: {label}" for label in set(labels.values()) if label in guided}
    counts = Counter(
        (label, topics[i])
        for i, label in labels.items()
        if i in topics and label not in right and topics[i].startswith("discovered")
    )
    for (label, topic), _ in counts.most_common():
        if label not in right and topic not in right.values():
            right[label] = topic
    return right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--db", type=Path, default=Path("topicwire.db"))
    result = score(parser.parse_args().db)
    print(f"passages of the key found whole: {result.expected - len(result.unmatched)}", end="")
    print(f" of {result.expected}; topics right: {result.topic_share:.1%}")
    for text, expected, found in result.wrong_topics:
        print(f"  {expected} -> {found}: {text}")
    for line in result.unmatched:
        print(f"  not found: {line}")
    print(
        f"copied pairs listed: {result.relations_listed['exact']} exact, "
        f"{result.relations_listed['near_copy']} near; missed {len(result.copies_missed)}, "
        f"invented {len(result.copies_invented)}"
    )
    for pair in [*result.copies_missed, *result.copies_invented]:
        print("  ", *pair, sep=" | ")
    for kind in ("contains", "same_event"):
        print(
            f"{kind}: {result.relations_listed[kind]} listed, "
            f"{len(result.relations_missed[kind])} missed, "
            f"{len(result.relations_unlisted[kind])} found beside them"
        )
        for name in ("relations_missed", "relations_unlisted"):
            for pair in getattr(result, name)[kind]:
                print(f"  {name.partition('_')[2]}", *pair, sep=" | ")


if __name__ == "__main__":
    main()
