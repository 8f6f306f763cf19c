"""Why two texts were not put together: the steps of what decided, and the verdict they lead to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from embeddings.text.normalising import hash_text
from embeddings.text.wording import read_words
from embeddings.words.alignment import compare
from embeddings.words.copies import CopyOptions
from embeddings.words.minhash import BandPlan
from embeddings.words.steps import Step, make_step
from topics.coverage.likeness.passages import SameEvent, split_score
from topics.coverage.relations.shared_runs import COMMON_RUN

ExplanationKind = Literal["near_copy", "contains", "same_event", "story"]

# The chance to be found that a pair has is no test of its own: it is the reason where the
# pair passes all others.
SEARCH = "search"
# Whether two near copies ended in one group, since a group has one canonical text.
GROUP = "group"


# How a verdict begins: what was joined, and what was not.
_VERDICTS: dict[ExplanationKind, tuple[str, str]] = {
    "near_copy": ("A near copy", "Not a near copy"),
    "contains": ("Contained", "Not contained"),
    "same_event": ("The same event", "Not the same event"),
    "story": ("One story", "Not one story"),
}
# What joined a pair that fails a test itself.
_THROUGH: dict[ExplanationKind, str] = {
    "near_copy": "both are near to the canonical text of their group",
    "contains": "so it is with copies of the two",
    "same_event": "so it is with copies of the two",
    "story": "other articles of it hold the two together",
}
# What keeps a pair apart that passes every test.
_PASSED_OVER: dict[ExplanationKind, str] = {
    "near_copy": "each was gathered around another text",
    "contains": f"what they share stands in more than {COMMON_RUN} texts of the corpus, or "
    "another pair of the same wordings stands for them",
    "same_event": "copies of the two decide",
    "story": "others of their stories hold them apart",
}


@dataclass(frozen=True, slots=True)
class Term:
    """One part of a score, in log odds: all of a score's parts add up to it.

    Attributes:
        name: What it is.
        value: What was measured.
        log_odds: What it adds.
    """

    name: str
    value: float
    log_odds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair was joined or was not.

    Attributes:
        kind: What was asked for.
        joined: Whether it is joined; where that is not known, whether the tests join it.
        steps: The tests in order; all that could be made, those after a failed one too.
        verdict: The outcome and what decided it, in a sentence.
        terms: The parts of a same-event score.
    """

    kind: ExplanationKind
    joined: bool
    steps: tuple[Step, ...]
    verdict: str
    terms: tuple[Term, ...] = ()


def explain(
    kind: ExplanationKind,
    steps: Iterable[Step],
    *,
    judged: bool | None = None,
    found: bool | None = None,
    evidence: SameEvent | None = None,
) -> Explanation:
    """Explain a pair by the tests that decided: the first that failed, a slim chance last.

    Args:
        kind: What was asked for.
        steps: Of what decides such pairs.
        judged: What the user said of the pair, ``None`` if nothing.
        found: Whether the pair was joined in its corpus; ``None`` if no corpus is at hand.
        evidence: What a same-event score is made of.
    """
    told = [*_tell_answer(judged), *steps]
    failed = sorted((one for one in told if not one.passed), key=lambda one: one.test == SEARCH)
    if found is None:
        found = bool(judged) or not failed
    joined = found and judged is not False
    if not joined and not failed:
        failed = [make_step(SEARCH, None, None, False, _PASSED_OVER[kind])]
        told += failed
    yes, no = _VERDICTS[kind]
    if not joined:
        no = "Near copies, but not together" if failed[0].test == GROUP else no
        sentence = failed[0].sentence
        verdict = f"{no}: {sentence[0].lower()}{sentence[1:]}"
    elif judged:
        verdict = f"{yes}: you said so."
    else:
        verdict = f"{yes}: {_THROUGH[kind] if failed else 'every test is passed'}."
    terms = () if evidence is None else tuple(Term(*part) for part in split_score(evidence))
    return Explanation(kind, joined, tuple(told), verdict, terms)


def _tell_answer(judged: bool | None) -> list[Step]:
    """Tell what the user said of the pair; no step where nothing was said."""
    if judged is None:
        return []
    answer, does = ("yes", "puts them together") if judged else ("no", "keeps them apart")
    clause = f"your answer to this pair was {answer}, which {does}"
    return [make_step("your answer", answer, None, judged, clause)]


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
    side_by_side = compare(a, b)
    shorter, longer = sorted(len(read_words(text).words) for text in (a, b))
    clause = "the two are not equal, so words are compared"
    steps = [make_step("equal text", "no", None, True, clause)]
    steps += options.check_shared(round(side_by_side.share * longer), shorter, longer)
    steps.append(options.check_facts(side_by_side))
    group = None if canonicals is None else _check_group(a, b, canonicals)
    alike = judged is not False and all(step.passed for step in steps)
    # Of two texts that were found to be near one leads the other, as a rule.
    unseen = alike and group is None and canonicals is not None
    steps.append(_check_search(side_by_side.jaccard, plan or options.plan(), unseen))
    found = None if canonicals is None else group is not None and group.passed
    return explain("near_copy", [*steps, *([group] if group else [])], judged=judged, found=found)


def _check_search(alike: float, plan: BandPlan, unseen: bool) -> Step:
    """Tell how likely two texts were compared; ``unseen`` if they are in no group together."""
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


def _check_group(a: str, b: str, canonicals: tuple[str, str]) -> Step | None:
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
