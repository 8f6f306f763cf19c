"""News agencies: the names by which articles credit them, and the name each goes by here.

A dateline may name any other agency; the names below are also known where they stand alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

CreditKind = Literal["dateline", "byline", "credit line", "agencies"]

# Name -> the other forms in which it is printed. Agencies whose texts are reprinted in English.
_FORMS: Final = {
    "Reuters": ("Thomson Reuters", "REUTERS"),
    "Associated Press": ("The Associated Press", "AP", "The AP", "ASSOCIATED PRESS"),
    "AFP": ("Agence France-Presse", "Agence France Presse", "AGENCE FRANCE-PRESSE"),
    "Xinhua": ("Xinhua News Agency", "XINHUA"),
    "TASS": ("ITAR-TASS", "Itar-Tass", "Itar Tass", "Tass"),
    "RIA Novosti": ("RIA-Novosti", "RIA", "RIAN"),
    "Interfax": ("Interfax-Ukraine", "INTERFAX"),
    "SANA": ("Syrian Arab News Agency",),
    "IRNA": ("Islamic Republic News Agency",),
    "Anadolu Agency": ("Anadolu", "AA", "ANADOLU AGENCY", "Anatolia News Agency"),
    "DPA": ("dpa", "Deutsche Presse-Agentur", "German Press Agency"),
    "EFE": ("Efe", "Agencia EFE"),
    "ANSA": ("Ansa", "ANSAmed"),
    "Kyodo": ("Kyodo News", "KYODO"),
    "PA Media": ("PA", "Press Association", "The Press Association", "PA News"),
    "UPI": ("United Press International",),
    "Bloomberg": ("Bloomberg News", "BLOOMBERG"),
    "McClatchy": ("McClatchy Newspapers", "McClatchy-Tribune", "McClatchy Foreign Staff"),
    "Tribune News Service": ("TNS", "MCT"),
    "IANS": ("Indo-Asian News Service",),
    "PTI": ("Press Trust of India",),
    "ANI": ("Asian News International",),
    "Yonhap": ("Yonhap News Agency", "YONHAP"),
    "AAP": ("Australian Associated Press",),
    "CP": ("The Canadian Press", "Canadian Press"),
    "WAFA": ("Wafa", "Palestinian News Agency"),
    "MENA": ("Middle East News Agency",),
    "APA": ("Austria Presse Agentur",),
    "Inter Press Service": ("IPS",),
    "Jiji Press": ("Jiji",),
    "Religion News Service": ("RNS",),
    "ARA News": (),
}  # fmt: skip
_NAME_OF: Final = {
    form.casefold(): name for name, forms in _FORMS.items() for form in (name, *forms)
}
# Two or three letters that mean something else outside brackets and bylines.
_UNSURE: Final = {"AA", "PA", "CP", "RIA", "MENA", "APA", "IPS", "RNS", "ANI", "MCT", "TNS", "AAP"}

# An agency that is not listed says what it is: "Levant Wire Service".
_SAYS_SO: Final = (
    r"(?:[A-Z][\w.&'’\-]*\s){1,4}"
    r"(?:Wire Service|Newswire|News Wire|News Agency|News Service|Press Agency|Press Service)"
)
KNOWN: Final = "|".join(
    re.escape(form)
    for form in sorted(
        {form for name, forms in _FORMS.items() for form in (name, *forms)} - _UNSURE,
        key=lambda form: (-len(form), form),
    )
)
"""A pattern's alternatives: the listed forms that mean an agency wherever they stand."""
_WORD: Final = re.compile(r"[^\W\d_]+")
# Words of agencies' names that tell nothing; of "United Press International" the last one is
# left.
_COMMON: Final = {"the", "united", "press", "international", "middle", "east", "news"}
_TELLING: Final = {
    *(
        next((word for word in _WORD.findall(form) if word not in _COMMON), "international")
        for form in _NAME_OF
        if "agency" not in form and "service" not in form
    ),
    *("wire", "wires", "newswire", "agency", "agencies", "service", "services", "editing"),
}
_ENDS_AS_AGENCY: Final = re.compile(
    r"\w (?:newswire|(?:news|press) agency|(?:wire|news|press) service)$"
)
AGENCY: Final = rf"{KNOWN}|{_SAYS_SO}"
"""The same with names that say of themselves that they are an agency's."""


@dataclass(frozen=True, slots=True)
class Credit:
    """One place where an article names the agency of its text.

    Attributes:
        agency: The agency's usual name; ``""`` for "agencies" that are not named.
        kind: Where and how it is said.
        text: The words of the credit.
        start: Offset of ``text`` in ``Document.text``; -1 for a line that the page's reader
            left out.
        end: Offset after it, or -1.
        shared: Whether others are credited along with it ("and agencies", "with Reuters",
            "contributed to this report").
        own: Whether the outlet is the agency itself.
    """

    agency: str
    kind: CreditKind
    text: str
    start: int
    end: int
    shared: bool
    own: bool


def name_agency(form: str) -> str:
    """Return the one name of an agency, or ``form`` itself where none is known.

    >>> name_agency("The AP"), name_agency("Levant Wire Service")
    ('Associated Press', 'Levant Wire Service')
    """
    folded = " ".join(form.split())
    return _NAME_OF.get(folded.casefold(), folded)


def may_name_agency(line: str) -> bool:
    """Whether a line has a word without which it names no agency: a quick test before others."""
    return not _TELLING.isdisjoint(_WORD.findall(line.casefold()))


def is_known(form: str) -> bool:
    """Whether this is a form of a known agency's name."""
    return " ".join(form.split()).casefold() in _NAME_OF


def agency_key(agency: str) -> str:
    """Return what the names of one agency have in common.

    >>> agency_key("The AP"), agency_key("Levant Wire Service")
    ('associated press', 'levant wire')
    """
    key = _plain(name_agency(agency))
    return key if is_known(agency) else key.removesuffix(" service")


def outlet_agency(outlet: str) -> str:
    """Return the ``agency_key`` of the agency that an outlet is, or ``""``.

    It may have more behind its name, or say that it is one.

    >>> outlet_agency("AP"), outlet_agency("Reuters - World"), outlet_agency("CNN")
    ('associated press', 'reuters', '')
    """
    words = outlet.split()
    for end in range(len(words), 0, -1):
        form = " ".join(words[:end]).rstrip(" -–—:,(")
        # "AA" may be anybody's initials; "Associated Press of Pakistan" is another agency.
        if is_known(form) and form.upper() not in _UNSURE and words[end : end + 1] != ["of"]:
            return agency_key(form)
    return agency_key(outlet) if _ENDS_AS_AGENCY.search(_plain(outlet)) else ""


def is_agency_outlet(agency: str, outlet: str) -> bool:
    """Whether an outlet is the agency itself, under its name or with more behind it.

    >>> is_agency_outlet("CNN", "CNN (Web News)"), is_agency_outlet("Reuters", "Harbour Courier")
    (True, False)
    """
    own, other = _plain(name_agency(outlet)), _plain(agency)
    return bool(own and other) and (
        own == other
        or f"{own} ".startswith(f"{other} ")
        or f"{other} ".startswith(f"{own} ")
        or other.replace(" ", "").removesuffix("com") == own.replace(" ", "")
    )


def _plain(name: str) -> str:
    letters = re.sub(r"[^\w]+", " ", name.casefold())
    return " ".join(letters.split()).removeprefix("the ")
