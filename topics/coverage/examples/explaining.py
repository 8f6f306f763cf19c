"""Why two texts were not put together: each test with what was measured and what is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from embeddings.text.normalising import hash_text
from embeddings.text.wording import WordedTexts, read_many, read_words
from embeddings.words.alignment import Comparison, compare
from embeddings.words.conflicts import FactChange
from embeddings.words.copies import CopyOptions
from embeddings.words.minhash import BandPlan
from topics.coverage.examples.steps import (
    GROUP,
    SEARCH,
    Explanation,
    Step,
    Term,
    check_days,
    check_score,
    check_words,
    conclude,
    count_words,
    judge,
    make_step,
    state_number,
    state_percent,
)
from topics.coverage.likeness import passages as same_event
from topics.coverage.likeness.passages import SameEvent
from topics.coverage.relations.containment import (
    COMMON_RUN,
    RUN_WORDS,
    ContainmentCandidates,
    contained_pairs,
    find_candidates,
)
from topics.coverage.relations.relations import RelationOptions

__all__ = [
    "EventPair",
    "Explanation",
    "Step",
    "Term",
    "explain_contained",
    "explain_copies",
    "explain_same_event",
    "explain_story",
    "split_score",
]


@dataclass(frozen=True, slots=True)
class EventPair:
    """What is known of two passages before they are weighed as reports of one event.

    Attributes:
        words: Words of each.
        documents: Document id of each.
        outlets: Outlet of each, ``""`` where it is not known.
        days: Fewest days between their publication, ``None`` where a date is not known.
        cosine: Cosine of their vectors, ``None`` where there are none.
        neighbours: Whether one is among the nearest neighbours of the other.
    """

    words: tuple[int, int]
    documents: tuple[str, str]
    outlets: tuple[str, str]
    days: int | None
    cosine: float | None
    neighbours: bool


def explain_copies(
    a: str,
    b: str,
    options: CopyOptions | None = None,
    plan: BandPlan | None = None,
    *,
    judged: bool | None = None,
    canonicals: tuple[str, str] | None = None,
) -> Explanation:
    """Explain whether two bodies are copies of one text.

    Args:
        a: The one body.
        b: The other.
        options: What counts as a copy.
        plan: The bands that candidates were sought with; those of the options by default.
        judged: What the user said of the pair, ``None`` if nothing.
        canonicals: The body of the canonical member of the group that each was put in, its
            own if it is in none; ``None`` if no grouping is at hand.
    """
    options = options or CopyOptions()
    if hash_text(a) == hash_text(b):
        step = Step("equal text", "yes", "yes", True, "The two are equal but for white space.")
        return Explanation("near_copy", True, (step,), "Exact copies: the two texts are equal.")
    steps = judge(judged)
    steps += _wording_of_copies(a, b, options)
    alike = all(step.passed for step in steps)
    group = None if canonicals is None else _grouped(a, b, canonicals)
    # Of two texts that were found to be near one leads the other, as a rule.
    unseen = alike and group is None and canonicals is not None
    steps.append(_searched(a, b, plan or options.plan(), unseen))
    return conclude("near_copy", steps + ([group] if group else []), judged)


def explain_contained(
    container: str,
    contained: str,
    options: RelationOptions | None = None,
    *,
    judged: bool | None = None,
    passed_over: bool = False,
    scattered: bool = False,
) -> Explanation:
    """Explain whether a shorter body stands inside a longer one.

    Args:
        container: The longer body.
        contained: The shorter one.
        options: What counts.
        judged: What the user said of the pair, ``None`` if nothing.
        passed_over: The two were not found in their corpus, whatever the tests say.
        scattered: See ``find_contained``: for whole articles.
    """
    options = options or RelationOptions()
    texts = read_many((container, contained))
    outer, inner = texts.lengths.tolist()
    found = find_candidates(texts, 1, np.arange(2, dtype=np.int64))
    of_outer, of_inner = (set(hashes) for hashes in _runs_of(texts))
    steps = judge(judged)
    steps.append(check_words(inner, options.contained_words))
    steps.append(
        make_step(
            "longer text", outer, inner + 1, outer > inner,
            f"the text that is to contain it has {count_words(outer)}, "
            f"and it has {count_words(inner)}",
        )
    )  # fmt: skip
    traced, shared = len(found.pairs) > 0, len(of_outer & of_inner)
    clause = (
        f"{shared} of the shorter text's {len(of_inner)} runs of {RUN_WORDS} words stand in "
        "the other"
    )
    clause += "" if traced else ", too few for a trace of reuse"
    steps.append(make_step("runs in common", shared, None, traced, clause))
    steps += _standing(texts, found, options, scattered)
    if passed_over:
        clause = (
            f"what they share stands in more than {COMMON_RUN} texts of the corpus, or another "
            "pair of the same wordings stands for them"
        )
        steps.append(make_step(SEARCH, None, None, False, clause))
    return conclude("contains", steps, judged)


def explain_same_event(
    pair: EventPair,
    evidence: SameEvent | None,
    options: RelationOptions | None = None,
    *,
    judged: bool | None = None,
) -> Explanation:
    """Explain whether two passages report one event.

    Args:
        pair: What is known of the two.
        evidence: How they were weighed, whatever the score; ``None`` if they were not,
            since they are no neighbours.
        options: What counts.
        judged: What the user said of the pair, ``None`` if nothing.
    """
    options = options or RelationOptions()
    one_document = pair.documents[0] == pair.documents[1]
    one_outlet = bool(pair.outlets[0]) and pair.outlets[0] == pair.outlets[1]
    steps = judge(judged)
    steps += [
        check_words(min(pair.words), options.event_words),
        make_step("documents", " / ".join(pair.documents), None, not one_document,
              "both are of one document" if one_document else "they are of two documents"),
        make_step("outlets", " / ".join(pair.outlets), None, not one_outlet,
              f"both are of {pair.outlets[0]}, and an event is looked for between outlets"
              if one_outlet else "they are of two outlets" if all(pair.outlets)
             else "they may be of two outlets"),
        check_days(pair.days, options.days),
        _near(pair),
    ]  # fmt: skip
    terms = split_score(evidence) if evidence is not None else ()
    if evidence is not None:
        parts = ", ".join(f"{term.name} {term.log_odds:+.1f}" for term in terms if term.log_odds)
        steps.append(check_score(evidence.score, options.event_score, f" (log odds: {parts})"))
    return conclude("same_event", steps, judged, terms)


def explain_story(
    score: float | None,
    threshold: float,
    *,
    days: int | None,
    most_days: int,
    link: float | None = None,
    judged: bool | None = None,
) -> Explanation:
    """Explain whether two articles tell one story.

    Args:
        score: How likely the two are, 0..1; ``None`` if they were never scored.
        threshold: Least mean score of the links between two stories that are joined.
        days: Days between their publication, ``None`` where a date is not known.
        most_days: Most days allowed.
        link: Mean score of all links between the stories that the two are in;
            ``None`` where they are in one story, or alone.
        judged: What the user said of the pair, ``None`` if nothing.
    """
    steps = [*judge(judged), check_days(days, most_days), check_score(score, threshold)]
    if link is not None:
        steps.append(
            make_step("average link", link, threshold, link >= threshold,
                  "the articles of the one's story and those of the other's score "
                  f"{state_number(link, threshold)} on average; {threshold:.2f} is asked for")
        )  # fmt: skip
    return conclude("story", steps, judged)


def split_score(evidence: SameEvent) -> tuple[Term, ...]:
    """Split a same-event score into its parts, the weights of ``same_event``.

    Their log odds add up to that of the score.
    """
    figures, dates = (
        not shared and any(change.kind == kind for change in evidence.differing)
        for kind, shared in (
            ("figure", evidence.shared_figures),
            ("date", evidence.shared_dates),
        )
    )
    measured = (evidence.cosine, evidence.words, evidence.typical_cosine, evidence.typical_words)
    parts = same_event.split_odds(measured, figures, dates, evidence.days)
    return tuple(Term(name, value, odds) for name, value, odds in parts)


def _standing(
    texts: WordedTexts,
    found: ContainmentCandidates,
    options: RelationOptions,
    scattered: bool,
) -> Iterator[Step]:
    """Test how much of a shorter text stands in the longer one."""
    asked, firm = options.contained_share, options.contained_firm
    where = "in passages of" if scattered else "in one stretch of"
    for *_, share in contained_pairs(texts, found, 0.0, scattered=scattered):
        stated, limit = state_percent(share, asked)
        clause = (
            f"{stated} of the shorter text's words stand {where} the longer one; "
            f"{limit} are asked for"
        )
        yield make_step("share", share, asked, share >= asked, clause)
        kept = contained_pairs(texts, found, 0.0, least_firm=firm, scattered=scattered)
        enough = any(True for _ in kept)
        clause = f"{firm} or more of them stand in runs of three words, or nearly all are there"
        if not enough:
            clause = f"fewer than {firm} of them stand in runs of three words or more"
        yield make_step("words in runs", None, firm, enough, clause)


def _wording_of_copies(a: str, b: str, options: CopyOptions) -> list[Step]:
    """Test the words and the facts of two bodies that are not equal."""
    side_by_side = compare(a, b)
    shorter, longer = sorted(len(read_words(text).words) for text in (a, b))
    shared = round(side_by_side.share * longer)
    least = int(options.least_in_common(np.array(longer)))
    differ = ", ".join(_tell(fact) for fact in side_by_side.conflicts)
    clause = f"they say different things: {differ}" if differ else "no facts conflict"
    clause += "" if options.veto or not differ else ", which is let pass"
    return [
        make_step("equal text", "no", None, True, "the two are not equal, so words are compared"),
        check_words(shorter, options.least_words),
        _shared(side_by_side, options.enough(shared, shorter, longer), options),
        make_step(
            "shared words", shared, least, shared >= least,
            f"the two share {count_words(shared)}; {least} are asked for",
        ),
        make_step("facts", differ, None, not (differ and options.veto), clause),
    ]  # fmt: skip


def _shared(side_by_side: Comparison, enough: bool, options: CopyOptions) -> Step:
    """Test the share of words, less of which is asked for where a text was only cut."""
    share, kept = side_by_side.share, max(side_by_side.share_a, side_by_side.share_b)
    stated, asked = state_percent(share, options.share)
    clause = f"{stated} of the longer text's words stand in the other; {asked} are asked for"
    if share < options.share and share >= options.cut_share:
        inside, least = state_percent(kept, options.cut_kept)
        clause += (
            f", or {options.cut_share:.0%} where a text was only cut or added to: {inside} of the "
            f"shorter one's stand in the longer, {least} are asked for"
        )
    return make_step("share", share, options.share, enough, clause)


def _searched(a: str, b: str, plan: BandPlan, unseen: bool) -> Step:
    """Tell how likely two texts were compared; ``unseen`` if they are in no group together."""
    alike = compare(a, b).jaccard
    chance = plan.probability(alike)
    clause = (
        f"a pair with {alike:.0%} of its word pairs in common (Jaccard) is compared with a chance "
        f"of {chance:.0%}"
    )
    if unseen:
        clause += (
            "; these two were not, or each says something else than a third text of their wording"
        )
    return make_step(SEARCH, alike, None, not unseen and chance >= 0.5, clause)


def _grouped(a: str, b: str, canonicals: tuple[str, str]) -> Step | None:
    """Tell whether two texts are in one group; ``None`` if neither follows another text."""
    own = [hash_text(text) for text in (a, b)]
    leaders = [hash_text(text) for text in canonicals]
    if leaders[0] == leaders[1]:
        return make_step(GROUP, "one", None, True, "both are in one group")
    if own == leaders:
        return None
    crossed = compare(a, canonicals[1]), compare(b, canonicals[0])
    other = [" (but other facts)" if one.conflicts else "" for one in crossed]
    clause = (
        "they are in two groups, and a group holds what is near to its canonical text: the "
        f"first shares {crossed[0].share:.0%} with that of the second's group"
        f"{other[0]}, the second {crossed[1].share:.0%} with that of the first's{other[1]}"
    )
    return make_step(GROUP, "two", None, False, clause)


def _near(pair: EventPair) -> Step:
    """Test whether two passages are candidates at all."""
    least = same_event.CANDIDATE_COSINE
    if pair.cosine is None:
        clause = "one of them has no vector"
    elif pair.cosine < least:
        stated = state_number(pair.cosine, least)
        clause = f"the cosine of their vectors is {stated}; {least:.2f} is asked for"
    elif not pair.neighbours:
        clause = (
            "neither is among the nearest neighbours of the other, though the cosine of their "
            f"vectors is {pair.cosine:.2f}"
        )
    else:
        clause = f"they are neighbours, with a cosine of {pair.cosine:.2f}"
    near = pair.neighbours and pair.cosine is not None and pair.cosine >= least
    return make_step("neighbours", pair.cosine, least, near, clause)


def _runs_of(texts: WordedTexts) -> Iterator[list[int]]:
    hashes, offsets = texts.shingles(RUN_WORDS)
    for first, after in pairwise(offsets.tolist()):
        yield hashes[first:after].tolist()


def _tell(fact: FactChange) -> str:
    return f"{fact.kind} {fact.before or 'none'} -> {fact.after or 'none'}"
