"""What a page says of its article in JSON-LD: the outlet, and text lost or too much."""

from __future__ import annotations

import json

import pytest

from embeddings.articles.formats.pages import read_page

OWN = [
    "The harbour authority said on Monday that the old pier will be pulled down after storms "
    "in January tore away nine of the forty piles on which it stood.",
    "Fishermen who land their catch there were told by letter that they may use the northern "
    "basin until a new quay has been built, at no charge to them.",
    "A spokeswoman for the town said that the work would begin in May and that no ferry would "
    "be cancelled while it lasts, though some would sail an hour later.",
]
OTHER = [
    "Two schools in the hill villages will share one headteacher from the autumn, the county "
    "decided after a vote that went on until late on Thursday night.",
    "Parents had gathered signatures against the plan, which saves eighty thousand a year and "
    "was first put forward by the former chairman of the committee.",
]


def page(body: str, *stated: dict[str, object], head: str = "") -> str:
    scripts = "".join(
        f'<script type="application/ld+json">{json.dumps(one)}</script>' for one in stated
    )
    return (
        f"<html><head><title>Old pier to go</title>{head}{scripts}</head><body>"
        f"<article><h1>Old pier to go</h1>{body}</article></body></html>"
    )


def shown(paragraphs: list[str]) -> str:
    return "".join(f"<p>{one}</p>" for one in paragraphs)


def article(**fields: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", **fields}


def paragraphs_of(markup: str) -> list[str]:
    return [line for line in read_page(markup)[0].text.split("\n") if len(line) > 40]


SITE = '<meta property="og:site_name" content="harbourpost.example">'
PUBLISHERS = (
    {"publisher": {"@type": "Organization", "name": "Harbour Post"}},
    {"publisher": [{"name": "Harbour Post"}]},
    {"publisher": "Harbour Post"},
)


@pytest.mark.parametrize("fields", PUBLISHERS)
def test_the_publisher_comes_before_the_name_of_the_site(fields):
    assert read_page(page(shown(OWN), article(**fields), head=SITE))[0].source == "Harbour Post"
    assert read_page(page(shown(OWN), article(), head=SITE))[0].source == "harbourpost.example"


def test_a_publisher_that_is_named_elsewhere_in_the_graph_is_found():
    graph = {
        "@graph": [
            {"@type": "WebSite", "publisher": {"name": "Another"}},
            article(publisher={"@id": "#us"}),
            {"@type": "NewsMediaOrganization", "@id": "#us", "name": "Harbour Post"},
        ]
    }
    assert read_page(page(shown(OWN), graph))[0].source == "Harbour Post"


@pytest.mark.parametrize("script", ["{", "[]", "3", "[" * 3000, '{"@type": 3, "publisher": 4}'])
def test_json_that_says_nothing_is_passed_over(script):
    markup = page(shown(OWN)).replace(
        "</head>", f'<script type="application/ld+json">{script}</script></head>'
    )
    assert paragraphs_of(markup) == OWN


def test_a_second_half_that_the_extraction_loses_comes_back():
    hidden = f'<div class="comments-list">{shown(OWN[1:])}</div>'
    body = f"{OWN[0]} {OWN[1]} {OWN[2]}"
    markup = page(f"<p>{OWN[0]}</p>{hidden}", article(headline="Old pier to go", articleBody=body))
    assert paragraphs_of(markup.replace(body, "")) != OWN
    assert paragraphs_of(markup) == OWN


def test_a_body_that_the_page_does_not_show_is_the_text():
    body = "\n\n".join(OWN)
    markup = page(f"<p>{OWN[0]}</p><p>Subscribe to go on.</p>", article(articleBody=body))
    assert paragraphs_of(markup) == OWN


def test_a_body_that_is_a_beginning_takes_nothing_away():
    told = article(headline="Old pier to go", articleBody=OWN[0])
    assert paragraphs_of(page(shown(OWN), told)) == OWN


def test_the_next_article_of_an_endless_page_stays_out():
    endless = f"{shown(OWN)}<h2>One head for two schools</h2>{shown(OTHER)}"
    told = [
        article(headline="One head for two schools", articleBody=" ".join(OTHER)),
        article(headline="Old pier to go", articleBody=" ".join(OWN)),
    ]
    assert paragraphs_of(page(endless)) == OWN + OTHER
    found, dropped = read_page(page(endless, *told))
    assert [line for line in found.text.split("\n") if len(line) > 40] == OWN
    assert "One head for two schools" not in found.text
    assert set(OTHER) <= set(dropped)
