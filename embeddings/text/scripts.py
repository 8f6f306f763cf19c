"""Scripts: those written without spaces, marks on letters, and one form for letters of several."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_SMALL_BLOCKS = (
    (0x0E00, 0x0E7F),  # Thai
    (0x0E80, 0x0EFF),  # Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
)
# Where the digits of all scripts stand; to look through all that is between takes 4 ms.
_WITH_DIGITS = ((0x0660, 0x1C60), (0xA620, 0xAC00), (0xFF10, 0xFF1A))
# Han, kana and bopomofo, without their punctuation.
_HAN_AND_KANA = (
    "\u3005-\u3007\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u312f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9d\U00020000-\U000323af"
)


def _list(first: int, last: int, kinds: str) -> str:
    """Return the characters of a block whose Unicode category begins with one of some letters."""
    block = map(chr, range(first, last + 1))
    return "".join(one for one in block if unicodedata.category(one)[0] in kinds)


UNSPACED = _HAN_AND_KANA + "".join(_list(*block, "L") for block in _SMALL_BLOCKS)
"""Characters of scripts written without spaces, for a regular expression's set: each is a word."""

MARKS = _list(0x0300, 0x1FFF, "M") + "\u3099\u309a"
"""Marks that belong to the letter before, vowels of many scripts among them, for such a set."""

_CHARACTER = f"[{UNSPACED}][{MARKS}]*"
# Of letters beside these, SQLite takes the marks for gaps between words.
_SPACED_MARKS = f"[{_list(0x0900, 0x1FFF, 'M')}]"


def is_unspaced(word: str) -> bool:
    """Whether a word is a character of a script without spaces."""
    return not word.isascii() and _compile_character().fullmatch(word) is not None


# Patterns of all scripts take 5 ms each to compile, and a search of Latin letters needs none.
@cache
def compile_unspaced_run() -> re.Pattern[str]:
    """Return the pattern of a run of characters of scripts without spaces."""
    return re.compile(f"(?:{_CHARACTER})+")


@cache
def _compile_character() -> re.Pattern[str]:
    return re.compile(_CHARACTER)


def _choose_forms() -> dict[int, int | str | None]:
    """Return what each letter is compared as where a script writes one in several ways.

    Arabic as search engines normalise it (Larkey, Ballesteros and Connell 2002): alef, ya and
    the carriers of hamza in one form each, ta marbuta as ha, no short vowels and no tatweel;
    Hebrew without points; Russian yo as ye; full-width letters and the digits of all scripts
    as those of ASCII.
    """
    forms: dict[int, int | str | None] = {**str.maketrans("أإآٱىةؤئیکё", "اااايهوييكе")}
    forms |= dict.fromkeys(map(ord, "\u0640" + _list(0x0591, 0x06ED, "M")))
    forms |= {0xFF01 + place: chr(0x21 + place) for place in range(94)}
    for block in _WITH_DIGITS:
        for digit in filter(str.isdecimal, map(chr, range(*block))):
            forms[ord(digit)] = str(unicodedata.digit(digit))
    return forms


FORMS = _choose_forms()
"""One form for letters of several, as ``str.translate`` takes it; lower case only."""


@cache
def _compile_indexed() -> re.Pattern[str]:
    letters = re.escape("".join(map(chr, FORMS)))
    return re.compile(f"(?:{_CHARACTER})+|{_SPACED_MARKS}|[{letters}Ё]")


def index_form(text: str) -> str:
    """Return a text as it is put into the word index, and looked for there.

    Characters of scripts without spaces stand apart, so that each is a word; letters are in
    their one form. A text of letters that have but one is returned as it is.
    """
    if text.isascii():
        return text
    return _compile_indexed().sub(lambda found: _spell(found[0]), text)


def choose_index_text(text: str) -> str | None:
    """Return a text's form for the index, ``None`` where it is indexed as it stands."""
    form = index_form(text)
    return None if form == text else form


def trace_index_form(text: str) -> list[int]:
    """Return for each character of ``index_form(text)``, and for its end, the offset in ``text``.

    Those put in have the offset of what follows them.
    """
    offsets: list[int] = []
    place = 0
    for found in _compile_indexed().finditer(text):
        offsets += range(place, found.start())
        place = found.end()
        if not compile_unspaced_run().match(found[0]):
            offsets += [found.start()] * len(_spell(found[0]))
            continue
        offsets.append(found.start())
        for character in _compile_character().finditer(found[0]):
            start = found.start() + character.start()
            end = found.start() + character.end()
            offsets += [start] * len(_spell_character(character[0])) + [end]
    return [*offsets, *range(place, len(text) + 1)]


def _spell(found: str) -> str:
    if compile_unspaced_run().match(found):
        return f" {' '.join(map(_spell_character, _compile_character().findall(found)))} "
    return _spell_character(found)


def _spell_character(found: str) -> str:
    """Return a character in its one form, the marks that SQLite knows not as private letters."""
    plain = unicodedata.normalize("NFC", found).lower().translate(FORMS)
    return re.sub(_SPACED_MARKS, lambda mark: chr(ord(mark[0]) - 0x0900 + 0xE000), plain)
