"""The server: nothing goes out, whatever the environment says; it starts, follows and stops."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from embeddings.corpus.store import CorpusStore
from tests.running import run
from topics.pipeline.run import derive
from topics.web.visiting import find_last_visit

ROOT = Path(__file__).parents[3]

QUIET = """
import sys
tried = []
sys.addaudithook(lambda event, given: event in ("socket.connect", "socket.getaddrinfo",
    "subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn") and tried.append((event, given)))
from opentelemetry import metrics, trace
class Telling(trace.NoOpTracerProvider):
    def get_tracer(self, *given, **more):
        tried.append(("tracer", given))
        return super().get_tracer(*given, **more)
trace.set_tracer_provider(Telling())
from starlette.testclient import TestClient
from topics.answers.session import Session
from topics.web.app import build
from topics.web.desk import Desk
with TestClient(build(Desk(Session(sys.argv[1]), patience=None)),
                base_url="http://127.0.0.1") as client:
    for address in ("/", "/stories", "/about", "/api", "/nothing", "/api/v1/topics"):
        assert client.get(address).status_code in (200, 404), address
print(tried)
"""
TELLING = {
    "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    "OTEL_TRACES_EXPORTER": "otlp",
    "OTEL_METRICS_EXPORTER": "otlp",
    "OTEL_LOGS_EXPORTER": "otlp",
    "OTEL_SERVICE_NAME": "topicwire",
}


def test_nothing_connects_and_nothing_is_traced_whatever_the_environment_says(news_file):
    done = subprocess.run(
        [sys.executable, "-c", QUIET, str(news_file)],
        env={**os.environ, **TELLING},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


@pytest.fixture
def served(own_file):
    """Serve a database as a process of its own; the address, and the process."""
    process = subprocess.Popen(
        [sys.executable, "-m", "topicwire", "serve", "--port", "0", "--db", str(own_file)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    address = process.stdout.readline().split(" at ")[1].split()[0]
    yield address, process
    process.kill()
    process.communicate()


def ask(address: str) -> str:
    for _ in range(200):
        try:
            with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310
                return str(answer.read().decode())
        except ConnectionError:
            time.sleep(0.05)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError):
                raise
            time.sleep(0.05)
    raise AssertionError("the server does not answer")


def test_it_follows_a_run_of_another_process_and_stops_when_it_is_told(
    served, own_file, put, encoder
):
    address, process = served
    assert "6 articles" in ask(address)
    with CorpusStore.open(own_file, write=True) as store:
        put(store, "late-1", ["A late passage of the river."], title="Late", source="post")
    assert "came or went" in ask(address)
    with CorpusStore.open(own_file, write=True) as store:
        from embeddings.vectors.embedding import embed_corpus

        embed_corpus(store, encoder)
        derive(store, encoder)
    page = ask(address)
    assert "7 articles" in page
    assert "came or went" not in page
    process.send_signal(signal.SIGINT)
    assert process.wait(20) in (0, 130, -signal.SIGINT)
    assert process.stderr.read() == ""


def test_an_address_that_cannot_be_had_is_said_in_one_sentence(news_file):
    for options in (["--host", "203.0.113.9"], ["--host", "nowhere.invalid"], ["--host", "\x00"]):
        code, _, err = run("serve", *options, "--db", news_file)
        assert code == 2
        assert len(err.strip().splitlines()) == 1
        assert "--port" in err


def test_a_database_that_is_not_there_is_said_before_anything_is_served(tmp_path):
    code, out, err = run("serve", "--db", tmp_path / "none.db")
    assert code == 4
    assert "There is no database" in err
    assert out == ""


HOURS = [datetime(2024, 5, 1, hour, tzinfo=UTC) for hour in range(4)]


def visit(cookie: str, now: datetime) -> tuple[str, str]:
    return find_last_visit(SimpleNamespace(cookies={"topicwire_visits": cookie}), now)


def test_what_is_new_is_told_since_the_visit_before_and_stays_so_during_a_visit():
    told, cookie = visit("", HOURS[0])
    assert told == ""
    told, cookie = visit(cookie, HOURS[2])
    assert told == HOURS[0].isoformat(timespec="seconds")
    told, cookie = visit(cookie, HOURS[2].replace(minute=10))
    assert told == HOURS[0].isoformat(timespec="seconds")
    told, cookie = visit(cookie, HOURS[3])
    assert told == HOURS[2].replace(minute=10).isoformat(timespec="seconds")


@pytest.mark.parametrize("cookie", ["x~y", "~", "2024-01-01~2024-02-01", "9999-01-01T00:00+00:00~"])
def test_a_cookie_that_says_nothing_is_a_first_visit(cookie):
    assert visit(cookie, HOURS[0])[0] == ""


def test_a_layout_under_way_ends_with_the_server(own_file):
    start = (
        "import multiprocessing, sys, time; from topics.web.app import listen, serve; "
        "spawn = multiprocessing.get_context('spawn'); "
        "spawn.Process(target=time.sleep, args=(60,), daemon=True).start(); "
        "listening = listen('127.0.0.1', 0); "
        "print(listening.getsockname()[1], flush=True); "
        "serve(sys.argv[1], listening, host='127.0.0.1')"
    )
    command = [sys.executable, "-c", start, str(own_file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        ask(f"http://127.0.0.1:{process.stdout.readline().strip()}/")
        process.send_signal(signal.SIGTERM)
        # Ends when the last process that may write to it has ended.
        process.communicate(timeout=30)
