"""Finding the furniture of one article, by what its own lines say."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from embeddings.articles.furniture.rules import LINE_RULES, LIST_HEADER, Rule
from embeddings.articles.parsing.dates import parse_date_line
from embeddings.articles.parsing.lines import Line, find_lines
from embeddings.documents import Document, Removal
from embeddings.text.normalising import normalise

# Lines that a top zone may hold, and body paragraphs in it: a headline, a standfirst.
_TOP_LINES, _TOP_BODY = 12, 1
_END_LINES = 40
# A line this long that ends as a sentence does is body, whatever stands in it.
_BODY_WORDS = 12
# A teaser behind an article is one sentence or headline, no longer than this.
_TEASER_LENGTH = 200
# Share of a line's content words that the body has too, below which it is unrelated.
_UNRELATED = 0.34
# ... and above which it is of the article, even behind "Most popular".
_RELATED = 0.6
# Words of a line of text at the least, behind which a list may stand.
_FEWEST_WORDS = 3
_FEWEST_TEASERS = 3
_HEADLINE_WORDS = 18
_DECORATION = re.compile(r"^[\s•⦁▪■●◦*»›>\-–—]+(?=\S)|[\s•»›>*]+$")
_WORD = re.compile(r"[^\W\d_]{4,}")
# Two sentences: a teaser has one.
_INNER_END = re.compile(r"[a-z\d][.!?][\"”’]? [\"“‘]?[A-Z]")
_ANYWHERE = tuple(rule for rule in LINE_RULES if rule.where == "anywhere")
# Behind one of these no paragraph follows, so that a list of headlines may be trusted.
_CLOSING_RULES = frozenset({"share", "comments", "credits", "copyright", "tags"})


def find_furniture(document: Document) -> list[Removal]:
    """Find the lines of an article that are not its own text.

    Only the document itself is looked at, so the answer depends on no other article.

    Returns:
        Removals in the order of the text, disjoint, one for each line.
    """
    lines = find_lines(document.text)
    match = cache(lambda text: _first_match(_ANYWHERE, _bare(text)))
    rules = [match(line.text) for line in lines]
    _match_names(document, lines, rules)
    _match_announced_list(lines, rules)
    _match_edges(lines, rules)
    _match_bare_list(lines, rules)
    return [
        Removal(line.start, line.end, rule, document.text[line.start : line.end])
        for line, rule in zip(lines, rules, strict=True)
        if rule
    ]


@lru_cache(maxsize=1024)
def _bare(text: str) -> str:
    """Take bullets and arrows off both ends; keep a line that has nothing else."""
    return _DECORATION.sub("", text) or text


def _first_match(rules: Iterable[Rule], bare: str) -> str:
    lowered = bare.lower()
    return next((rule.name for rule in rules if rule.matches(bare, lowered)), "")


def _match_names(document: Document, lines: list[Line], rules: list[str]) -> None:
    """Mark the headline at the start, and the outlet's name on a line of its own."""
    title, source = normalise(document.title), normalise(document.source).casefold()
    for index, line in enumerate(lines):
        if source and len(lines) > 1 and line.text.casefold() == source:
            rules[index] = "source"
    first = next((i for i, rule in enumerate(rules) if rule in ("", "byline")), None)
    if title and first is not None and len(lines) > first + 1:
        last, joined = first, normalise(lines[first].text)
        while len(joined) < len(title) and last + 1 < len(lines):
            last += 1
            joined = f"{joined} {normalise(lines[last].text)}"
        if joined.casefold().rstrip(" .") == title.casefold().rstrip(" ."):
            rules[first : last + 1] = ["title"] * (last + 1 - first)


def _is_body(line: Line) -> bool:
    """Whether a line reads as a paragraph: a sentence of some length, or a long text."""
    return (line.words >= _BODY_WORDS and line.is_sentence) or line.words >= 3 * _BODY_WORDS


def _match_edges(lines: list[Line], rules: list[str]) -> None:
    """Apply the rules for lines that stand before or behind the body."""
    top, end = _top(lines, rules), _end(lines, rules)
    dates = [parse_date_line(_bare(line.text)) for line in lines]
    # A timeline has many lines of this kind: they are its headings.
    timeline = sum(date is not None for date in dates) > 3
    places = {"top": top, "end": end, "edges": top | end, "anywhere": set()}
    for index in sorted(top | end):
        date = dates[index]
        if date and not (date.bare and timeline):
            rules[index] = rules[index] or "date line"
        here = (rule for rule in LINE_RULES if index in places[rule.where])
        rules[index] = rules[index] or _first_match(here, _bare(lines[index].text))


def _top(lines: list[Line], rules: list[str]) -> set[int]:
    """Return the lines before the body: up to the second paragraph."""
    found: set[int] = set()
    body = 0
    for index in range(min(_TOP_LINES, len(lines))):
        found.add(index)
        body += not rules[index] and _is_body(lines[index])
        if body > _TOP_BODY:
            break
    return found


def _end(lines: list[Line], rules: list[str]) -> set[int]:
    """Return the last lines up to the last paragraph, which is one of them."""
    found = set()
    for index in reversed(range(len(lines))):
        found.add(index)
        if (not rules[index] and _is_body(lines[index])) or len(found) > _END_LINES:
            break
    return found


def _match_announced_list(lines: list[Line], rules: list[str]) -> None:
    """Mark a heading such as "Most popular" and the headlines from there to the end."""
    for index in range(1, len(lines)):
        if rules[index] or not LIST_HEADER.pattern.fullmatch(_bare(lines[index].text)):
            continue
        behind = [i for i in range(index + 1, len(lines)) if not rules[i]]
        # A single word ("Related") may head a section: only headlines may follow it.
        one_word = lines[index].words == 1
        body = _words(lines[:index])
        if _is_behind(lines, rules, index) and all(
            _is_teaser(line)
            and (not line.is_sentence or (not one_word and _overlap(line, body) <= _RELATED))
            for line in (lines[i] for i in behind)
        ):
            _mark(rules, range(index, len(lines)))
            return


def _match_bare_list(lines: list[Line], rules: list[str]) -> None:
    """Mark headlines at the very end that have few words in common with the article.

    Sentences count as such only behind a line that closes articles (share, copyright).
    """
    start = len(lines)
    while start and (rules[start - 1] or _is_teaser(lines[start - 1])):
        start -= 1
    closing = [
        i
        for i in range(start, len(lines))
        if rules[i] in _CLOSING_RULES and _is_behind(lines, rules, i)
    ]
    if closing:
        start = closing[0]
    else:
        start = len(lines)
        while start and (rules[start - 1] or _is_headline(lines[start - 1])):
            start -= 1
        # "The agreement is to:" announces a list of the article's own.
        if not _is_behind(lines, rules, start) or lines[start - 1].text.endswith(":"):
            return
    teasers = [i for i in range(start, len(lines)) if not rules[i]]
    body = _words(lines[:start])
    if len(teasers) >= _FEWEST_TEASERS and all(
        _overlap(lines[i], body) <= _UNRELATED for i in teasers
    ):
        _mark(rules, teasers)


def _is_behind(lines: list[Line], rules: list[str], index: int) -> bool:
    """Whether more of the article, at least two lines of it, stands before a line."""
    before = [line for line, rule in zip(lines[:index], rules, strict=False) if not rule]
    after = [len(lines[i].text) for i in range(index + 1, len(lines)) if not rules[i]]
    # A credit or a day in a line of its own is none of the two.
    lines_of_text = sum(line.words > _FEWEST_WORDS for line in before)
    return lines_of_text > 1 and sum(len(line.text) for line in before) > sum(after)


def _mark(rules: list[str], places: list[int] | range) -> None:
    for index in places:
        rules[index] = rules[index] or "link list"


def _is_teaser(line: Line) -> bool:
    return (
        len(line.text) <= _TEASER_LENGTH
        and line.text[0] not in '"“'
        and not _INNER_END.search(line.text)
    )


def _is_headline(line: Line) -> bool:
    return _is_teaser(line) and not line.is_sentence and 3 < line.words <= _HEADLINE_WORDS


def _words(lines: list[Line]) -> set[str]:
    return {word for line in lines for word in _content(line)}


def _content(line: Line) -> set[str]:
    return {word.casefold() for word in _WORD.findall(line.text)}


def _overlap(line: Line, body: set[str]) -> float:
    words = _content(line)
    return len(words & body) / len(words) if words else 0.0
