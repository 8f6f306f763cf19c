"""Names by a model: kept with topics that do not change, never asked for unasked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from embeddings.corpus.store import CorpusStore
from tests.running import run
from topics.naming.model_names import ANSWERS, ask_names, restore_names

TOPICS = [(1, "Arms", "guided", "keyphrases"), (2, "Rain", "discovered", "keyphrases")]
TOPICS += [(3, "Goals", "discovered", "keyphrases"), (4, "Mine", "discovered", "user")]


class Server(BaseHTTPRequestHandler):
    asked: ClassVar[list[str]]
    # Phrases that there is no answer for, and what answers are like.
    silent: ClassVar[set[str]]
    form: ClassVar[str]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        phrase = json.loads(body["messages"][1]["content"])["keyphrases"][0]
        self.asked.append(phrase)
        answer = {"choices": [{"message": {"content": self.form.format(phrase)}}]}
        content = json.dumps(answer).encode()
        self.send_response(500 if phrase in self.silent else 200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def url() -> Iterator[str]:
    Server.asked, Server.silent, Server.form = [], set(), "All about {}"
    server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def store(tmp_path, put) -> Iterator[CorpusStore]:
    with CorpusStore.open(tmp_path / "news.db", write=True) as store:
        put(store, "one", [f"Passage {number} is here." for number in range(1, 5)])
        fill(store)
        yield store


def fill(store: CorpusStore) -> None:
    with store.transaction() as connection:
        connection.execute("DELETE FROM topics")
        connection.executemany(
            "INSERT INTO topics (id, name, kind, keyphrases, representatives, named_by, own_name) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (one, name, kind, json.dumps([name.lower()]), json.dumps([one]), named_by, name)
                for one, name, kind, named_by in TOPICS
            ],
        )


def names(store: CorpusStore) -> dict[int, str]:
    return dict(store.rows("SELECT id, name FROM topics"))


def test_discovered_topics_are_named_and_those_of_the_user_are_not_sent(store, url):
    report = ask_names(store, url, "small")
    assert names(store) == {1: "Arms", 2: "All about rain", 3: "All about goals", 4: "Mine"}
    assert sorted(Server.asked) == ["goals", "rain"]
    assert (report.named, report.calls, report.failures) == (2, 2, ())


def test_a_later_run_gives_the_names_again_and_asks_for_nothing(store, url):
    ask_names(store, url, "small")
    fill(store)
    store.set_setting("unrelated", 1)
    Server.asked.clear()
    restore_names(store)
    assert names(store)[2] == "All about rain"
    assert Server.asked == []


def test_a_topic_that_has_changed_has_its_own_name_until_it_is_asked_for(store, url):
    ask_names(store, url, "small")
    fill(store)
    with store.transaction() as connection:
        connection.execute("UPDATE topics SET keyphrases = '[\"hail\"]' WHERE id = 2")
    restore_names(store)
    assert names(store) == {1: "Arms", 2: "Rain", 3: "All about goals", 4: "Mine"}
    Server.asked.clear()
    ask_names(store, url, "small")
    assert Server.asked == ["hail"]


def test_another_model_is_asked_anew(store, url):
    ask_names(store, url, "small")
    Server.asked.clear()
    ask_names(store, url, "large")
    assert sorted(Server.asked) == ["goals", "rain"]


def test_an_endpoint_that_fails_takes_no_name_away_and_says_so(store, url):
    ask_names(store, url, "small")
    before = store.setting(ANSWERS)
    report = ask_names(store, "http://127.0.0.1:9", "small")
    assert names(store) == {1: "Arms", 2: "All about rain", 3: "All about goals", 4: "Mine"}
    assert (report.named, report.earlier) == (0, (2, 3))
    assert [one for one, _ in report.failures] == [2, 3]
    assert store.setting(ANSWERS) == before
    fill(store)
    restore_names(store)
    assert names(store)[2] == "All about rain"
    assert ask_names(store, url, "small").calls == 0


def test_a_topic_without_any_models_name_is_not_among_those_with_an_earlier_one(store, url):
    Server.silent = {"goals"}
    ask_names(store, url, "small")
    Server.silent = {"rain", "goals"}
    report = ask_names(store, url, "large")
    assert (report.named, report.earlier) == (0, (2,))
    assert names(store) == {1: "Arms", 2: "All about rain", 3: "Goals", 4: "Mine"}


def test_the_newest_answer_is_the_name_also_in_later_runs(store, url):
    ask_names(store, url, "small")
    Server.form, Server.silent = "News of {}", {"goals"}
    report = ask_names(store, url, "large")
    told = {1: "Arms", 2: "News of rain", 3: "All about goals", 4: "Mine"}
    assert names(store) == told
    assert (report.named, report.earlier) == (1, (3,))
    fill(store)
    restore_names(store)
    assert names(store) == told
    assert ask_names(store, url, "small").calls == 0
    assert names(store)[2] == "All about rain"


def test_a_name_that_moves_to_another_topic_stands_once_now_and_later(store, url):
    Server.form, Server.silent = "Late {}", {"rain"}
    ask_names(store, url, "small")
    Server.form, Server.silent = "Late goals", {"goals"}
    ask_names(store, url, "large")
    told = names(store)
    assert told == {1: "Arms", 2: "Late goals", 3: "Goals", 4: "Mine"}
    fill(store)
    restore_names(store)
    assert names(store) == told
    assert dict(store.rows("SELECT id, named_by FROM topics"))[3] == "keyphrases"


def test_answers_for_topics_that_are_gone_are_dropped_by_the_next_run_that_names(store, url):
    def kept() -> int:
        return sum(len(one["answers"]) for one in store.setting(ANSWERS))

    ask_names(store, url, "small")
    with store.transaction() as connection:
        connection.execute("UPDATE topics SET keyphrases = '[\"hail\"]' WHERE id = 2")
    ask_names(store, "http://127.0.0.1:9", "small")
    assert kept() == 2
    ask_names(store, url, "small")
    assert kept() == 2
    assert names(store)[2] == "All about hail"


def test_the_address_is_kept_and_told_without_its_query(store, url):
    report = ask_names(store, f"{url}/openai/v1?api-version=2024-10-21", "small")
    assert report.url == f"{url}/openai/v1/chat/completions"
    assert "2024" not in json.dumps(store.setting(ANSWERS))
    assert ask_names(store, f"{url}/openai/v1/", "small").calls == 0


def test_without_answers_nothing_is_restored(store):
    restore_names(store)
    assert store.setting(ANSWERS) is None
    assert names(store)[2] == "Rain"


def test_the_command_names_by_a_model_only_when_asked(tmp_path, url):
    (tmp_path / "one.txt").write_text("Rain\n\nThe river rose after a week of heavy rain.\n")
    db = str(tmp_path / "n.db")

    def cluster(*args: str) -> str:
        code, out, err = run("cluster", tmp_path / "one.txt", "--db", db, *args)
        assert code == 0, err
        return out

    assert "Names:" not in cluster()
    assert Server.asked == []
    out = cluster("--name-with", url, "small")
    assert "1 topic named by small" in out
    assert "All about" in out
    assert "All about" in cluster()
    assert len(Server.asked) == 1


def test_a_wrong_address_is_said_before_anything_is_read(tmp_path):
    (tmp_path / "one.txt").write_text("Rain\n\nThe river rose after a week of heavy rain.\n")
    db = tmp_path / "n.db"
    args = ["cluster", str(tmp_path / "one.txt"), "--db", str(db), "--name-with", "ftp://x", "m"]
    code, _, err = run(*args)
    assert code == 2
    assert "http" in err
    assert not db.exists()
