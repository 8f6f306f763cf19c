"""Two texts laid side by side in the terminal, what differs set off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from topics.cli.output import plain, safe
from topics.coverage.reuse.paragraphs import lay_out

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from embeddings.corpus.citations import ArticleLine, Quotation
    from embeddings.words.alignment import Block, Change

# Longer runs of changed words are cut in a line, visibly; --json has them whole.
CHANGE_WIDTH = 60
# Words shown of a paragraph that stands on one side only.
_WORDS_SHOWN = 14

# With what opens and closes them: "(AP)", "U.S."
_WORDS = re.compile(r"[(\[“\"‘]*\w(?:.*\w)?(?:[.)\]”\"’]+(?!\w))?", re.DOTALL)

# How what differs is set off without colours, as `wdiff` does; conflicting facts by stars.
_MARKS = {"red": ("[-", "-]"), "green": ("{+", "+}"), "yellow": ("**", "**")}

# Start and end of a stretch of text.
_Span = tuple[int, int]


def where(passage: Quotation) -> Text:
    """Return outlet, date and id of a passage on one line."""
    from rich.text import Text

    line = Text(f"{plain(passage.source) or 'unknown outlet'}", style="cyan")
    line.append(f", {passage.published.replace('T', ' ') or 'no date'}", style="default")
    line.append(f", passage {passage.passage_id}", style="dim")
    return line


def where_article(article: ArticleLine) -> Text:
    """Return outlet, date and headline of an article on one line."""
    from rich.text import Text

    line = Text(f"{plain(article.source) or 'unknown outlet'}", style="cyan")
    line.append(f", {article.published.replace('T', ' ') or 'no date'}", style="default")
    return line.append(f"  {plain(article.title) or article.document_id}", style="bold")


def describe_change(change: Change) -> Text:
    """Return a change on one line: what was there, what stands there now."""
    from rich.text import Text

    before, after = cut(change.before), cut(change.after)
    if change.kind == "move":
        line = Text(f"moved: {before}")
    elif not before:
        line = Text(f"+ {after}", style="green")
    elif not after:
        line = Text(f"- {before}", style="red")
    else:
        line = Text(before, style="red").append(" -> ", style="default")
        line.append(after, style="green")
    kinds = sorted({fact.kind for fact in change.facts if fact.conflicting})
    if kinds:
        line.append(f"  changed {', '.join(kinds)}", style="bold yellow")
    return line


def cut(words: str, width: int = CHANGE_WIDTH) -> str:
    """Return words on one line, cut visibly."""
    words = plain(words)
    return words if len(words) <= width else words[: width - 1] + "…"


def lay_side_by_side(
    left: str,
    right: str,
    spans: Sequence[Block],
    *,
    marked: bool = False,
) -> Table:
    """Return a table of two columns, a row for each pair of paragraphs.

    Words that one side has alone are red on the left and green on the right, and yellow
    where the two say different things. Paragraphs with nothing in common with the other
    side are shown by their beginning.

    Args:
        left: The first text.
        right: The second.
        spans: What agrees: start and end on the left, start and end on the right.
        marked: Set off what differs by signs too, where no colours can be shown.
    """
    from rich.table import Table

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for pair in lay_out(left, right, spans):
        comparison = pair.comparison
        for_left: list[_Span] = []
        for_right: list[_Span] = []
        if comparison is not None:
            facts = [c for c in comparison.changes if any(f.conflicting for f in c.facts)]
            for_left = [(c.before_start, c.before_end) for c in facts]
            for_right = [(c.after_start, c.after_end) for c in facts]
        common = comparison.spans if comparison else None
        table.add_row(
            _cell(
                left,
                pair.left,
                [s[:2] for s in common] if common else None,
                for_left,
                "red",
                marked,
            ),
            _cell(
                right,
                pair.right,
                [s[2:] for s in common] if common else None,
                for_right,
                "green",
                marked,
            ),
        )
    return table


def _cell(
    text: str,
    span: _Span | None,
    common: Sequence[_Span] | None,
    facts: Sequence[_Span],
    style: str,
    marked: bool,
) -> Text:
    """Return a paragraph; without ``common`` it stands alone, and its beginning is enough."""
    from rich.text import Text

    if span is None:
        return Text("")
    paragraph = text[span[0] : span[1]]
    if common is None:
        words = paragraph.split()
        rest = f" … ({len(words)} words)" if len(words) > _WORDS_SHOWN else ""
        return Text(plain(" ".join(words[:_WORDS_SHOWN])) + rest, style=f"dim {style}")
    cell = Text()
    place = 0
    for first, after in [*sorted(common), (len(paragraph), len(paragraph))]:
        own = safe(paragraph[place:first])
        # Spans are of words: what stands between two of them alone is no difference.
        if worded := _WORDS.search(own):
            conflicts = any(max(place, fact[0]) < min(first, fact[1]) for fact in facts)
            opening, closing = _MARKS["yellow" if conflicts else style] if marked else ("", "")
            cell.append(own[: worded.start()] + opening)
            cell.append(worded.group(), style="bold yellow" if conflicts else style)
            cell.append(closing + own[worded.end() :])
        else:
            cell.append(own)
        cell.append(safe(paragraph[first:after]))
        place = after
    return cell
