"""Nothing that articles hold becomes part of a page: fifty hostile articles through all of them."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit

import pytest
from lxml import html

from tests.hostile import fill

# Controls, and what turns the direction of text.
STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
SIZE = 100_000
# Pages of one kind that are looked at.
OF_A_KIND = 8


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, open_client):
    path: Path = tmp_path_factory.mktemp("hostile") / "news.db"
    fill(path)
    return open_client(path, edit=True)


def walk(client):
    """Yield each page that pages lead to, a few of a kind, and what it is."""
    waiting, kinds, seen = ["/", "/search?q=convoy+number", "/edits", "/pairs"], {}, set()
    while waiting:
        address = waiting.pop(0)
        kind = re.sub(r"\d+", "N", urlsplit(address).path)
        kinds[kind] = kinds.get(kind, 0) + 1
        if address in seen or kinds[kind] > OF_A_KIND or kind.startswith("/static"):
            continue
        seen.add(address)
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.headers["content-type"].startswith("text/html"):
            tree = html.fromstring(answer.text)
            yield address, answer, tree
            links = [urljoin(address, one) for one in tree.xpath("//a/@href")]
            waiting += [one for one in links if one.startswith("/")]


def test_no_page_runs_loads_or_links_what_articles_hold(hostile):
    found = list(walk(hostile))
    kinds = {re.sub(r"\d+", "N", urlsplit(address).path) for address, *_ in found}
    assert kinds >= {
        "/", "/topics/N", "/stories", "/stories/N", "/search", "/passages/N", "/article",
        "/outlets", "/map", "/removed", "/about", "/changes", "/edits", "/pairs", "/api",
    }  # fmt: skip
    for address, answer, tree in found:
        assert not STEERING.search(answer.text), address
        assert len(answer.content) < SIZE, address
        for one in tree.iter():
            if not isinstance(one.tag, str):
                continue
            names = set(one.attrib)
            assert not {name for name in names if name.startswith("on") or name == "style"}, address
            assert one.tag not in {"iframe", "object", "embed", "base", "style", "img"}, address
            if one.tag == "script":
                assert one.get("src", "").startswith("/static/"), address
                assert not (one.text or "").strip(), address
            if one.tag == "meta" and one.get("http-equiv"):
                assert one.get("content") in {"2", "3"}, address
            for name in ("href", "src", "action", "data-src"):
                if name in names:
                    assert re.match(r"(?:/(?!/)|https?://ok\.example/|#|data:,)", one.get(name)), (
                        address,
                        one.get(name),
                    )
        assert "/somewhere/" not in answer.text or address.startswith("/article"), address


def test_hits_and_errors_hold_nothing_hostile_either(hostile):
    attack = "<script>1</script>\"'><img src=x onerror=1>\u202e\x07"
    for address in ("/search/hits", "/search", "/changes", "/stories", "/removed", "/article"):
        for name in ("q", "since", "source", "rule", "id", "topic"):
            answer = hostile.get(address, params={name: attack})
            assert answer.status_code in (200, 400), (address, name)
            assert "<script>1" not in answer.text
            assert "<img" not in answer.text
            assert not STEERING.search(answer.text)
    answer = hostile.get(f"/{quote(attack)}")
    assert answer.status_code == 404
    assert "<img" not in answer.text


def test_the_api_gives_it_as_json_that_no_browser_takes_for_a_page(hostile):
    described = hostile.get("/api/v1/openapi.json").json()
    plain = [
        one
        for one, methods in described["paths"].items()
        if not any(given.get("required") for given in methods["get"].get("parameters", ()))
    ]
    assert len(plain) >= 7
    for address in [*plain, "/api/v1/search?q=convoy", "/api/v1/changes?since=2001"]:
        answer = hostile.get(address)
        assert answer.headers["content-type"] == "application/json", address
        assert answer.headers["x-content-type-options"] == "nosniff"
        answer.json()
