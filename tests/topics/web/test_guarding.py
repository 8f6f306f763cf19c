"""Who may ask: nothing that comes from another page, or to another name, is answered."""

from __future__ import annotations

import socket

import pytest
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient

from topics.web.guarding import MOST_ADDRESS, Guard, is_own_host

ALL = "0.0.0.0"  # noqa: S104
HOME = "http://127.0.0.1:8765"


@pytest.fixture(params=[False, True], ids=["read", "edit"])
def guarded(request):
    app = Guard(PlainTextResponse("let through"), edit=request.param)
    return TestClient(app, base_url=HOME)


def test_what_comes_from_this_page_is_let_through(guarded):
    assert guarded.get("/").text == "let through"
    assert guarded.head("/").status_code == 200
    assert guarded.post("/edit/undo", headers={"Origin": HOME}).text == "let through"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "", "evil@127.0.0.1", ALL, "[::1"]
)
def test_another_name_is_refused(guarded, host):
    assert guarded.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:8766", "https://127.0.0.1:8765"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_origin_is_refused(guarded, method, origin):
    answer = guarded.request(method, "/", headers={"Origin": origin})
    assert answer.status_code == 403
    assert "let through" not in answer.text


def test_a_form_without_an_origin_is_refused(guarded):
    assert guarded.post("/edit/undo").status_code == 403


@pytest.mark.parametrize(
    ("site", "mode", "status"),
    [
        ("cross-site", "navigate", 200),
        ("cross-site", "no-cors", 403),
        ("same-site", "cors", 403),
        ("same-origin", "cors", 200),
        ("none", "navigate", 200),
    ],
)
def test_another_page_may_lead_here_and_take_nothing(guarded, site, mode, status):
    headers = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode}
    assert guarded.get("/", headers=headers).status_code == status


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(guarded, method):
    assert guarded.request(method, "/").status_code == 405


def test_an_address_that_is_too_long_is_refused(guarded):
    assert guarded.get(f"/search?q={'a' * MOST_ADDRESS}").status_code == 414


def test_each_answer_says_what_it_may_do(guarded):
    for answer in (guarded.get("/"), guarded.get("/", headers={"Host": "evil.example"})):
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        # With no referrer a browser posts the origin "null", which is refused.
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
        assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_a_socket_that_is_no_request_is_left(guarded):
    with pytest.raises(Exception), guarded.websocket_connect("/"):  # noqa: B017, PT011
        pass


@pytest.mark.parametrize(
    ("header", "bound", "own"),
    [
        ("localhost", "127.0.0.1", True),
        ("localhost:99999", "127.0.0.1", False),
        ("LOCALHOST:8000", "127.0.0.1", True),
        ("[::1]:8000", "::1", True),
        ("desk.example:8000", "desk.example", True),
        ("other.example", "desk.example", False),
        ("192.0.2.7:8000", ALL, True),
        ("192.0.2.7", "127.0.0.1", False),
        ("rebound.example", ALL, False),
        (socket.gethostname(), ALL, True),
        ("", ALL, False),
    ],
)
def test_where_all_addresses_are_listened_on_numbers_are_ours_and_names_are_not(header, bound, own):
    assert is_own_host(header, bound) is own
