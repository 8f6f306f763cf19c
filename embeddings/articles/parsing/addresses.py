"""The one form of a web address, by which an article is known under all the addresses it has."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

# What a web address begins with, once the scheme may be left out.
_WEB = re.compile(r"(?:https?:)?//|www\.", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
# Hosts of one site for telephones and for AMP; Wikipedia's stand behind the language.
_VARIANTS = re.compile(r"^(?:(?:www\d?|m|amp|mobile)\.)+(?=[^.]+\.)")
_INNER_VARIANT = re.compile(r"^([a-z]{2,3})\.(?:m\.)+(?=[^.]+\.)")
# Copies that Google keeps of AMP pages, with the address that they are of.
_AMP_CACHE = re.compile(
    r"^https?://(?:(?:www\.)?(?:[^/]+\.cdn\.ampproject\.org/[a-z]|google\.[a-z.]+/amp)/(?:s/)?)+"
    r"(?=[^/]+\.)",
    re.IGNORECASE,
)
_SESSION = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
# How pages for AMP are told by their path: /amp before or behind it, .amp at its end.
_AMP_PATH = re.compile(r"^/amp(?=/)|/amp(?:\.html)?$|\.amp(?=\.html$)|\.amp$", re.IGNORECASE)
# The parameters of one's own web statistics, of advertisements, mails and shared links, by the
# names that their makers give (Google, Matomo, AT Internet, Meta, Microsoft, Yandex, HubSpot,
# Mailchimp and others). Whatever is not known to be one may tell two articles apart, and stays.
_TRACKERS = re.compile(
    r"""(?:utm|mtm|hsa|at|vero|oly|_hs|_ga|amp|itm|ns)_.* | _hs(?:enc|mi) | _g[al]
    | (?:ga|pk|piwik)_(?:campaign|source|medium|content|term|kwd|keyword|cid)
    | (?:fb|g|d|y|ys|tw|tt)clid | (?:g|w)braid | gad_source | gclsrc | srsltid
    | fb_(?:action_ids|action_types|source|ref|comment_id) | mibextid | igsh(?:id)? | epik
    | msclkid | mc_[ce]id | mkt_tok | hsctatracking | li_fat_id | s_kwcid | s_cid | xtor
    | wt[._](?:mc|z|rss)[._]?.* | cm_(?:mmc|sp|ven|cat|pla|ite) | ocid | icid | ncid | cmp(?:id)?
    | smid | smtyp | ftcamp | sharetype | share_token | trk | trkid | spm | ref_?src | ref_?url
    | referr?er | __twitter_impression | usqp | amp | _amp | phpsessid | jsessionid
    | __cf_chl_.* | _branch_match_id | ito | guccounter | guce_.*""",
    re.IGNORECASE | re.VERBOSE,
)
# Those that ask for a page for telephones or AMP, by the value they have.
_FORMS = re.compile(
    r"(?:output|outputtype|view|mode|format|type|layout)=(?:amp|mobile)|(?:m|mobile)=[01]"
    r"|ref=[a-z_-]*",
    re.IGNORECASE,
)
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]")


@lru_cache(maxsize=4096)
def canonical_address(address: str) -> str:
    """Return the one form of a web address, ``""`` for what is none.

    Without what is not part of an article's name: the scheme (``https`` for all), ``www.`` and
    hosts for telephones and AMP, ports that go without saying, user and fragment, the slash at
    the end, AMP's paths, and the parameters of web statistics (``utm_source``, ``fbclid``).
    All other parameters stay, sorted. Percent signs are as in RFC 3986, section 6.2.2.

    The form names an article; it need not be an address at which a server answers.
    """
    text = address.strip()
    if not _WEB.match(text):
        return ""
    if not text.lower().startswith("http"):
        text = f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(_AMP_CACHE.sub("https://", text))
        host, port = _clean_host(parts.hostname or ""), parts.port
    except ValueError:  # a bracket or a port that is none, a name that no host has
        return ""
    if not host:
        return ""
    place = "" if port in (None, 80, 443) else f":{port}"
    return f"https://{host}{place}{_clean_path(parts.path)}{_clean_query(parts.query)}"


def is_same_site(one: str, other: str) -> bool:
    """Whether two web addresses are of one host, or of one below the other."""
    a, b = (urlsplit(canonical_address(each)).hostname or "" for each in (one, other))
    return bool(a and b) and (a == b or a.endswith(f".{b}") or b.endswith(f".{a}"))


def choose_address(stated: str, own: str) -> str:
    """Return the address that a page states of itself, its own where that is of another site.

    What is taken over from elsewhere often names the original as canonical; believed, the two
    outlets would be one.
    """
    believed = not canonical_address(own) or is_same_site(stated, own)
    return stated if stated and believed else own


def _clean_host(host: str) -> str:
    """Return a host in lower case and ASCII (IDNA 2003), without its variants; ``""`` for none."""
    name = host.rstrip(".").encode("idna").decode().lower()
    if not _HOST.fullmatch(name):
        return ""
    return _INNER_VARIANT.sub(r"\1.", _VARIANTS.sub("", name))


def _clean_path(path: str) -> str:
    whole = posixpath.normpath(f"/{_encode(_SESSION.sub('', path)).lstrip('/')}")
    while (shorter := _AMP_PATH.sub("", whole, count=1)) != whole:
        whole = posixpath.normpath(f"/{shorter.lstrip('/')}")
    return whole


def _clean_query(query: str) -> str:
    parts = (_encode(part) for part in re.split("&(?:amp;)*", query))
    kept = "&".join(sorted({part for part in parts if part and not _is_dropped(part)}))
    return f"?{kept}" if kept else ""


def _is_dropped(parameter: str) -> bool:
    name = unquote(parameter.partition("=")[0])
    return bool(_TRACKERS.fullmatch(name) or _FORMS.fullmatch(parameter))


def _encode(text: str) -> str:
    """Return text with the percent signs that it must have, and no others."""

    def decode(found: re.Match[str]) -> str:
        character = chr(int(found[1], 16))
        return character if _UNRESERVED.fullmatch(character) else found[0].upper()

    whole = re.sub("%(?![0-9A-Fa-f]{2})", "%25", unicodedata.normalize("NFC", text))
    whole = re.sub("%([0-9A-Fa-f]{2})", decode, whole)
    return quote(whole, safe="%!$&'()*+,;=:@/?[]", errors="surrogatepass")
