"""Two texts laid side by side in the terminal, what differs set off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from topics.cli.output import date_of, outlet_name, plain, safe, styled

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from embeddings.corpus.citations import ArticleLine, Quotation
    from embeddings.words.alignment import Block, Change, Comparison
    from topics.coverage.reuse.differing import Side

# Longer runs of changed words are cut in a line, visibly; --json has them whole.
CHANGE_WIDTH = 60
# Words shown of a paragraph that stands on one side only.
_WORDS_SHOWN = 14

# How what differs is set off without colours, as `wdiff` does; conflicting facts by stars.
_MARKS = {"red": ("[-", "-]"), "green": ("{+", "+}"), "yellow": ("**", "**")}

# Start and end of a stretch of text.
_Span = tuple[int, int]


def where(passage: Quotation) -> Text:
    """Return outlet, date and id of a passage on one line."""
    return cite_line(passage.source, passage.published, passage.passage_id)


def where_article(article: ArticleLine) -> Text:
    """Return outlet, date and headline of an article on one line."""
    title = plain(article.title) or plain(article.document_id)
    return cite_line(article.source, article.published).append(f"  {title}", style="bold")


def cite_line(source: str, published: str, passage_id: int | None = None) -> Text:
    """Return outlet and date, and the number of a passage if it is one, on one line."""
    line = styled((outlet_name(source), "cyan"), f", {date_of(published)}")
    return line if passage_id is None else line.append(f", passage {passage_id}", style="dim")


def describe_change(change: Change) -> Text:
    """Return a change on one line: what was there, what stands there now."""
    before, after = cut(change.before), cut(change.after)
    if change.kind == "move":
        line = styled(f"moved: {before}")
    elif not before:
        line = styled((f"+ {after}", "green"))
    elif not after:
        line = styled((f"- {before}", "red"))
    else:
        line = styled((before, "red"), " -> ", (after, "green"))
    kinds = sorted({fact.kind for fact in change.facts if fact.conflicting})
    return line.append(f"  changed {', '.join(kinds)}" if kinds else "", style="bold yellow")


def cut(words: str, width: int = CHANGE_WIDTH) -> str:
    """Return words on one line, cut visibly."""
    words = plain(words)
    return words if len(words) <= width else words[: width - 1] + "…"


def lay_side_by_side(
    left: str, right: str, spans: Sequence[Block], *, marked: bool = False
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

    from topics.coverage.reuse.paragraphs import lay_out

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 1, 0))
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for left_span, right_span, found in lay_out(left, right, spans):
        table.add_row(
            _cell(left, left_span, found, "before", marked),
            _cell(right, right_span, found, "after", marked),
        )
    return table


def _cell(
    text: str, span: _Span | None, found: Comparison | None, side: Side, marked: bool
) -> Text:
    """Return a paragraph; of one that stands alone, its beginning is enough."""
    from topics.coverage.reuse.differing import split_paragraph

    if span is None:
        return styled()
    style = "red" if side == "before" else "green"
    paragraph = text[span[0] : span[1]]
    if found is None or not found.spans:
        words = paragraph.split()
        rest = f" … ({len(words)} words)" if len(words) > _WORDS_SHOWN else ""
        return styled((plain(" ".join(words[:_WORDS_SHOWN])) + rest, f"dim {style}"))
    cell = styled()
    for part, kind in split_paragraph(safe(paragraph), found, side):
        if kind == "same":
            cell.append(part)
            continue
        opening, closing = _MARKS["yellow" if kind == "fact" else style] if marked else ("", "")
        cell.append(opening)
        cell.append(part, style="bold yellow" if kind == "fact" else style)
        cell.append(closing)
    return cell
