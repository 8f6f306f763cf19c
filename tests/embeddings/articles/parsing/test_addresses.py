"""One form for all addresses of an article, and two for those of two articles."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from embeddings.articles.parsing.addresses import (
    canonical_address,
    choose_address,
    is_same_site,
)

FERRY = "https://post.example/2024/ferry"
SAME = """
    http://post.example/2024/ferry
    https://www.post.example/2024/ferry/
    https://WWW.Post.Example/2024/ferry
    https://m.post.example/2024/ferry
    https://www.m.post.example./2024/ferry
    https://mobile.post.example/2024/ferry
    https://amp.post.example/2024/ferry
    http://post.example:80/2024/ferry
    https://post.example:443/2024/ferry
    https://reader:secret@post.example/2024/ferry
    https://post.example/2024/ferry#comments
    https://post.example/2024/ferry?
    https://post.example/2024/ferry/amp
    https://post.example/2024/ferry/amp/
    https://post.example/amp/2024/ferry
    https://post.example/2024/ferry.amp
    https://post.example/2024/ferry?amp
    https://post.example/2024/ferry?amp=1
    https://post.example/2024/ferry?outputType=amp
    https://post.example/2024/ferry?m=1
    https://post-example.cdn.ampproject.org/c/s/post.example/2024/ferry
    https://www.google.co.uk/amp/s/www.post.example/2024/ferry
    https://post.example/2024/ferry?utm_source=x&utm_medium=y
    https://post.example/2024/ferry?UTM_Source=x&amp;fbclid=AbC
    https://post.example/2024/ferry?gclid=1&msclkid=2&mc_cid=3&at_medium=RSS&CMP=share_btn_tw
    https://post.example/2024/ferry?ref=twitter
    https://post.example/2024/ferry;jsessionid=9F
    https://post.example//2024/./x/../ferry
    https://post.example/2024/%66erry
    //post.example/2024/ferry
    www.post.example/2024/ferry
""".split()  # noqa: SIM905


@pytest.mark.parametrize("address", SAME)
def test_an_article_has_one_form_under_all_its_addresses(address):
    assert canonical_address(f" {address}\n") == FERRY


APART = """
    https://post.example/2024/Ferry
    https://post.example/2024/ferry.html
    https://post.example:8080/2024/ferry
    https://news.post.example/2024/ferry
    https://post.example/2024/ferry?id=1
    https://post.example/2024/ferry?id=2
    https://post.example/2024/ferry?p=1
    https://post.example/2024/ferry?SerialNo=20240305
    https://post.example/2024/ferry?page=2
    https://post.example/2024/ferry?ref=48121
    https://post.example/2024/ferry?48121
    https://post.example/2024/ferry?utm=1
    https://post.example/2024%2Fferry
    https://post.example/
    https://post.example/camp
    https://post.example/amplifier
""".split()  # noqa: SIM905


def test_what_tells_articles_apart_stays():
    forms = {canonical_address(address) for address in APART}
    assert len(forms) == len(APART)
    assert FERRY not in forms


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("https://post.example", "https://post.example/"),
        ("http://post.example/?b=2&a=1&a=0", "https://post.example/?a=0&a=1&b=2"),
        ("https://post.example/x?q=a b&r=%c3%a9%2f", "https://post.example/x?q=a%20b&r=%C3%A9%2F"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://de.m.wiki.example/A", "https://de.wiki.example/A"),
        ("https://m.example/x", "https://m.example/x"),
        ("https://post.example/a.amp.html", "https://post.example/a.html"),
        ("https://post.example/50%", "https://post.example/50%25"),
    ],
)
def test_forms_of_odd_addresses(address, form):
    assert canonical_address(address) == form


@pytest.mark.parametrize(
    "text",
    """n/a - none page-3 mailto:a@b.example urn:uuid:7 http:// https://[::1 https://a:port/x
    https://a..b/x https://x%20y/z ftp://post.example/x C:\\news\\a.html /home/news/a.txt#3
    https:///x http://?id=1""".split(),  # noqa: SIM905
)
def test_what_is_no_web_address_has_no_form(text):
    assert canonical_address(text) == ""


HOSTS = st.sampled_from(
    ["post.example", "www.m.post.example", "a.m.amp.b.example", "ümläut.example"]
)
PIECES = st.text(st.characters() | st.sampled_from("/.%&=?#;+ amp"), max_size=12)


@settings(max_examples=60)
@given(st.text() | st.builds("{}//{}/{}".format, st.sampled_from(["http:", ""]), HOSTS, PIECES))
@example("https://post.example/amp/amp/x.amp/amp")
@example("https://google.de/amp/s/google.de/amp/s/x.example/amp")
@example("https://post.example/?a&amp;amp;b")
@example("https://post.example/%252e%2e/x?%61mp=1&=")
def test_a_form_is_its_own_form(address):
    form = canonical_address(address)
    assert canonical_address(form) == form
    assert form.isascii()


@settings(max_examples=30)
@given(st.lists(st.tuples(st.text("abip?&=é", min_size=1), st.text())), st.randoms())
def test_the_order_of_parameters_makes_no_difference(pairs, chance):
    parts = [f"{quote(name)}={quote(value, errors='replace')}" for name, value in pairs]
    form = canonical_address(f"{FERRY}?{'&'.join(parts)}")
    chance.shuffle(parts)
    assert canonical_address(f"{FERRY}?{'&'.join([*parts, 'utm_id=1'])}") == form


def test_a_site_is_its_host_and_those_below_it():
    assert is_same_site("https://edition.post.example/a", "http://www.post.example/b")
    assert not is_same_site("https://post.example/a", "https://mypost.example/a")
    assert not is_same_site("", "")


@pytest.mark.parametrize(
    ("stated", "own", "chosen"),
    [
        ("https://post.example/a", "https://m.post.example/a?x=1", "https://post.example/a"),
        ("https://wire.example/a", "https://post.example/a", "https://post.example/a"),
        ("https://wire.example/a", "", "https://wire.example/a"),
        ("https://wire.example/a", "/a", "https://wire.example/a"),
        ("", "https://post.example/a", "https://post.example/a"),
    ],
)
def test_a_page_is_not_known_by_an_address_of_another_site(stated, own, chosen):
    assert choose_address(stated, own) == chosen
