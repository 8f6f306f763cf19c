"""What is typed into a search: words, and what must, may not or shall stand in title or outlet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from embeddings.errors import InputError

Kind = Literal["phrase", "word", "title", "outlet"]

# What has more words, or a line break, is a text: what is quoted in it was said by somebody.
LONGEST = 20

# Parts begin a word, so that "al-Assad" and an inch sign stay what they are.
_PART = re.compile(
    r"""(?<![^\s(])(?P<out>-?)(?:(?P<field>title|outlet):)?
    (?:"(?P<phrase>[^"]*)"|“(?P<curly>[^”]*)”|(?P<word>\w[^\s"“]*))""",
    re.VERBOSE | re.IGNORECASE,
)
# As other searches have them; a query in capitals alone says nothing by them.
_OPERATOR = re.compile(r"(?<!\S)\(*(AND|OR|NOT|NEAR)(?!\S)")
_SAYS = re.compile(r"[^\W_]")
# What ends a sentence is no part of an outlet's name.
_ENDINGS = ",;:.!?)”’'"


@dataclass(frozen=True)
class Part:
    """A part of a query that asks for more than likeness.

    Attributes:
        kind: ``phrase`` must stand in a passage; ``word`` is one that may not; ``title`` and
            ``outlet`` are of its article.
        text: What is asked for, without its marks.
        out: Whether passages with it are left out.
        start: First character of it in the query, marks included.
        end: One past its last character.
    """

    kind: Kind
    text: str
    out: bool
    start: int
    end: int


@dataclass(frozen=True)
class TypedQuery:
    """A query in its parts.

    Attributes:
        typed: As it was typed.
        parts: Those that ask for more than likeness, in order.
        is_text: Whether it is a text, in which no part is looked for.
    """

    typed: str
    parts: tuple[Part, ...]
    is_text: bool

    @property
    def text(self) -> str:
        """What passages shall be like: all but what is left out, and outlets."""
        if not self.parts:
            return self.typed
        pieces, at = [], 0
        for part in self.parts:
            pieces.append(self.typed[at : part.start])
            if part.kind != "outlet" and not part.out:
                pieces.append(f'"{part.text}"' if part.kind == "phrase" else part.text)
            at = part.end
        return " ".join("".join((*pieces, self.typed[at:])).split())

    @property
    def plain(self) -> str:
        """What stands outside of all parts, with as many spaces in the place of each."""
        text = self.typed
        for part in self.parts:
            text = text[: part.start] + " " * (part.end - part.start) + text[part.end :]
        return text

    def note_operators(self) -> str:
        """Say of words that are operators elsewhere that they are none here; ``""`` for none."""
        found = list(dict.fromkeys(_OPERATOR.findall(self.plain)))
        if self.is_text or not found or self.typed.isupper():
            return ""
        one = len(found) == 1
        named = " and ".join((", ".join(found[:-1]), found[-1])) if found[:-1] else found[0]
        return (
            f"{named} {'is no operator' if one else 'are no operators'} here but "
            f'{"a word" if one else "words"} to look for: "a phrase" in quotation marks must '
            "stand, -word may not."
        )

    def texts(self, kind: Kind, *, out: bool = False) -> tuple[str, ...]:
        """Return what is asked for by the parts of a kind."""
        return tuple(one.text for one in self.parts if one.kind == kind and one.out == out)


def parse_query(typed: str) -> TypedQuery:
    """Read a query; any text is one.

    A phrase in double quotes must stand. ``-word``, ``-"a phrase"``, ``title:word`` and
    ``outlet:name`` ask for what they say, and ``-title:``, ``-outlet:`` leave it out. A word
    before a colon that is no field is a word.
    """
    if is_text(typed):
        return TypedQuery(typed, (), True)
    parts = [part for found in _PART.finditer(typed) if (part := _read_part(found))]
    return TypedQuery(typed, tuple(parts), False)


def is_text(typed: str) -> bool:
    """Whether what was typed or pasted is a text to be found again rather than a query."""
    return "\n" in typed.strip() or len(typed.split()) > LONGEST


def expect_query(query: TypedQuery) -> None:
    """Refuse a query that asks for nothing.

    Raises:
        InputError: It is empty, or only says what is left out, or where to look.
    """
    if not query.typed.strip():
        raise InputError(
            'The query is empty; type what to look for: topicwire search "arms deliveries".'
        )
    if query.parts and not _SAYS.search(query.text):
        raise InputError(
            f"The query {query.typed.strip()!r} only says what to leave out or where to look; add "
            f"what to look for: topicwire search -- {f'talks {query.typed.strip()}'!r}."
        )


def _read_part(found: re.Match[str]) -> Part | None:
    field, out, word = found["field"], bool(found["out"]), found["word"]
    quoted = found["phrase"] if found["phrase"] is not None else found["curly"]
    if not (field or out) and quoted is None:
        return None
    text, end = (quoted, found.end()) if word is None else _cut_ending(word, found.end())
    if not _SAYS.search(text):
        return None
    kind: Kind = "word" if quoted is None else "phrase"
    if field:
        kind = "title" if field.lower() == "title" else "outlet"
    return Part(kind, text, out, found.start(), end)


def _cut_ending(word: str, end: int) -> tuple[str, int]:
    cut = word.rstrip(_ENDINGS)
    return cut, end - len(word) + len(cut)
