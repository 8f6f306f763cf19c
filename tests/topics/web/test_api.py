"""The API: what it answers is what the commands print, and it answers as it says it does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import schemathesis
from hypothesis import Phase, given, settings

import topics
from tests.running import run
from topics.answers.tables import jsonable
from topics.web.api import ROUTER

ASKED = [
    (["info"], "/info"),
    (["topics"], "/topics"),
    (["topics", "--level", "0"], "/topics?level=0"),
    (["topics", "--hidden"], "/topics?hidden=true"),
    (["topics", "--tree"], "/tree"),
    (["trends", "--by", "month", "--source", "post"], "/trends?by=month&source=post"),
    (["story"], "/stories"),
    (["story", "--repeats", "--since", "2013-06"], "/stories?repeats=true&since=2013-06"),
    (["story", "{story}"], "/stories/{story}"),
    (["outlets"], "/outlets"),
    (["outlets", "--source", "post"], "/outlets?source=post"),
    (["copies"], "/copies"),
    (["copies", "--pairs", "--sharing", "all"], "/copies?pairs=true&sharing=all"),
    (["copies", "--kind", "contains"], "/copies?kind=contains"),
    (["search", "besieged town"], "/search?q=besieged town"),
    (
        ["search", "river", "--source", "ledger", "--since", "2013-06", "-n", "3"],
        "/search?q=river&source=ledger&since=2013-06&limit=3",
    ),
    (["search", "--like", "1"], "/passages/1/like"),
    (["article", "wire-1"], "/article?id=wire-1"),
    (["changes", "--since", "2001-01-01"], "/changes?since=2001-01-01"),
]


@pytest.mark.parametrize(("command", "address"), ASKED, ids=lambda one: str(one)[:40])
def test_it_answers_what_the_command_prints(client, news_file, command, address):
    number = topics.stories(news_file)[0].id
    words = [part.replace("{story}", str(number)) for part in command]
    code, out, err = run(*words, "--json", "--db", news_file)
    assert code == 0, err
    answer = client.get(f"/api/v1{address.replace('{story}', str(number))}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == json.loads(out)


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/stories/999", 404, "There is no story 999"),
        ("/stories/x", 404, "no such page"),
        ("/passages/999/like", 404, "There is no passage 999"),
        ("/passages/999", 404, "There is no passage 999"),
        ("/search", 400, "q cannot be so"),
        ("/search?q=", 400, "The query is empty"),
        ("/search?q=a&limit=101", 400, "limit cannot be so"),
        ("/search?q=a&source=nobody", 400, "No article is from"),
        ("/trends?by=hour", 400, "use one of"),
        ("/changes?since=soon", 400, "is no time"),
        (f"/search?q={'a' * 1001}", 400, "q cannot be so"),
        ("/nothing", 404, "no such page"),
    ],
)
def test_what_cannot_be_answered_is_said_as_json(client, address, status, said):
    answer = client.get(f"/api/v1{address}")
    assert answer.status_code == status
    told = answer.json()
    assert told.keys() == {"error", "hint"}
    assert said in f"{told['error']}; {told['hint']}"


def test_it_has_a_page_and_a_description_of_our_own(client):
    described = client.get("/api/v1/openapi.json").json()
    page = client.get("/api").text
    assert len(described["paths"]) > 10
    for address in described["paths"]:
        assert f"<code>{address}</code>" in page
    assert "https://" not in page
    for address in ("/docs", "/redoc", "/openapi.json"):
        assert client.get(address).status_code == 404


def test_a_passage_is_its_article_with_that_passage_alone(client, news_file):
    report = topics.article("wire-1", news_file)
    one = report.passages[-1]
    told = client.get(f"/api/v1/passages/{one.passage_id}").json()
    assert told == json.loads(json.dumps(replace(report, passages=(one,)), default=jsonable))


def test_the_map_is_where_each_passage_lies(client, news_file):
    lying = topics.points(news_file)
    assert len(lying) == topics.info(news_file).passages - topics.info(news_file).furniture
    assert len({(one.x, one.y) for one in lying}) > 2
    assert client.get("/api/v1/map").json() == json.loads(json.dumps(lying, default=jsonable))


def list_operations() -> list[str]:
    return [route.path for route in ROUTER.routes]


@pytest.mark.parametrize("path", list_operations())
def test_any_request_that_fits_the_description_is_answered_as_it_says(client, path):
    described = client.get("/api/v1/openapi.json").json()
    operation = schemathesis.openapi.from_dict(described)[path]["GET"]

    @given(case=operation.as_strategy())
    @settings(max_examples=8, deadline=None, derandomize=True, phases=[Phase.generate])
    def ask(case):
        sent = case.as_transport_kwargs(base_url=str(client.base_url))
        answer = client.request(sent["method"], sent["url"], params=sent.get("params"))
        assert answer.status_code in (200, 400, 404), (answer.request.url, answer.text)
        operation.validate_response(answer)

    ask()


def test_a_result_is_json_whatever_it_holds(client, news_file):
    report = topics.story(topics.stories(news_file)[0].id, news_file)
    answer = client.get(f"/api/v1/stories/{report.id}").json()
    assert answer == json.loads(json.dumps(report, default=jsonable))
