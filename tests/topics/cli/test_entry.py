"""The command: help, exit codes, one sentence for each mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.running import load_commands, run
from topics.cli import entry

ROOT = Path(__file__).parents[3]
COMMANDS = [
    "cluster",
    "import",
    "article",
    "changes",
    "search",
    "copies",
    "story",
    "outlets",
    "calibrate",
    "map",
    "report",
    "serve",
    "mcp",
    "topics",
    "edit",
    "trends",
    "info",
    "evaluate",
    "remove",
    "backup",
    "restore",
    "export",
]


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "post"
    folder.mkdir()
    (folder / "one.txt").write_text(
        "Talks resume\n\n11 May 2013\n\nThe ministers met in Geneva to talk about a ceasefire.\n\n"
        "Missiles were delivered to Damascus under an old contract.\n"
    )
    return folder


@pytest.fixture
def db(articles: Path, tmp_path: Path) -> Path:
    path = tmp_path / "news.db"
    code, _, err = run("cluster", articles, "--db", path)
    assert code == 0, err
    return path


def test_help_lists_every_command_and_the_exit_codes():
    code, out, _ = run("--help")
    assert code == 0
    assert all(command in out for command in COMMANDS)
    assert "Exit codes" in out


def test_help_imports_no_command_and_no_library_of_one():
    code = (
        "import sys\nfrom topics.cli.entry import app\n"
        "try: app(['--help'])\n"
        "finally: print('\\n', *sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    loaded = done.stdout.splitlines()[-1].split()
    assert "rich" in loaded
    own = [name for name in loaded if name.partition(".")[0] in ("embeddings", "topics")]
    assert [name for name in own if name.startswith("topics.cli.")] == [
        "topics.cli.entry", "topics.cli.output", "topics.cli.plainly",
    ]  # fmt: skip
    assert len(own) <= 13
    assert not {"numpy", "rapidfuzz", "lxml", "pyarrow", "sqlite3"} & set(loaded)


@pytest.mark.parametrize(
    ("command", "unused"),
    [
        (["search", "ceasefire"], {"pydantic", "scipy", "rapidfuzz", "lxml"}),
        (["trends", "--by", "month", "--recent", "1"], {"pydantic", "scipy", "rapidfuzz", "lxml"}),
        (["copies", "--limit", "2"], {"pydantic", "scipy", "lxml", "embeddings.search.searcher"}),
        (["story", "1"], {"pydantic", "scipy", "lxml", "numpy.ma", "embeddings.search.searcher"}),
    ],
)
def test_a_command_imports_no_library_that_it_has_no_use_for(command, unused, db):
    code = (
        "import sys\nfrom topics.cli.entry import app\n"
        f"try: app({[*command, '--db', str(db)]})\n"
        "finally: print('\\n', *sorted(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    loaded = done.stdout.splitlines()[-1].split()
    assert "topics.answers" in loaded
    assert not unused & set(loaded)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["copies", "--limit", "many"], "valid integer"),
        (["copies", "--limit", "-1"], "greater than or equal"),
        (["trends", "--no-such"], "No such option"),
        (["story", "1.5"], "as an integer"),
    ],
)
def test_what_is_no_plain_value_is_refused_in_words_of_its_own(arguments, said, db):
    code, _, err = run(*arguments, "--db", db)
    assert code == 2
    assert said in " ".join(err.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_the_list_of_commands_says_what_the_help_of_each_begins_with(command):
    own = load_commands().commands[command].help
    assert entry.COMMANDS[command] == own.partition("\n")[0]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_an_example_and_explains_every_option(command):
    code, out, _ = run(command, "--help")
    assert code == 0
    assert f"topicwire {command}" in " ".join(out.split())
    assert "Example" in out
    for parameter in load_commands().commands[command].params:
        assert parameter.help, f"{command}: {parameter.name} has no help"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_in_the_documentation(command):
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    _, _, section = page.partition(f"## `topicwire {command}")
    section = section.partition("\n## ")[0]
    assert section
    for parameter in load_commands().commands[command].params:
        option = max(parameter.opts, key=len)
        if option.startswith("--") and option not in ("--db", "--json", "--help"):
            assert option in section, f"{command}: {option}"


SUBCOMMANDS = [("topics", "suggest")]
SUBCOMMANDS += [
    ("edit", name)
    for name in (
        *("rename", "merge", "split", "pin", "exclude", "part", "undo", "list", "save", "load"),
    )
]


@pytest.mark.parametrize(("command", "name"), SUBCOMMANDS)
def test_help_and_documentation_of_a_command_below_a_command(command, name):
    code, out, _ = run(command, name, "--help")
    assert code == 0
    assert f"topicwire {command} {name}" in " ".join(out.split())
    assert "Example" in out
    group = load_commands().commands[command]
    assert set(group.commands) == {below for above, below in SUBCOMMANDS if above == command}
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    section = page.partition(f"## `topicwire {command}")[2].partition("\n## ")[0]
    assert name in section
    for parameter in group.commands[name].params:
        assert parameter.help, f"{name}: {parameter.name} has no help"
        option = max(parameter.opts, key=len)
        if option.startswith("--") and option not in ("--db", "--json", "--help"):
            assert option in section


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["topics", "--passages", "suggest"], "behind the command"),
        (["topics", "--mixed", "--level", "0"], "--topic alone"),
        (["cluster", "--topics-count", "many"], "or auto"),
        (["cluster", "--topics-count", "9" * 5000], "or auto"),
        (["topics", "--topic", "9" * 5000], "No topic is called"),
        (["topics", "--level", "99"], "has levels 0"),
    ],
)
def test_options_that_cannot_be_are_answered_in_one_sentence(db, args, said):
    behind = [] if "suggest" in args else ["--db", str(db)]
    assert said in mistake(2, *args, *behind)


def test_an_interrupt_before_the_command_is_imported_is_one_sentence():
    code = (
        "import topicwire\ndef stop(): raise KeyboardInterrupt\n"
        "topicwire.find_clash = stop\ntopicwire.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 130
    assert done.stderr == "topicwire: stopped before it had begun.\n"


def mistake(code: int, *args: object) -> str:
    """Run a command that must fail with this exit code; return its one sentence."""
    found, out, err = run(*args)
    assert found == code, (out, err)
    assert err.startswith("topicwire: ")
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    return err


def test_a_missing_path(tmp_path):
    assert "does not exist" in mistake(2, "cluster", tmp_path / "x", "--db", tmp_path / "n.db")
    assert not (tmp_path / "n.db").exists()


def test_an_empty_folder(tmp_path):
    (tmp_path / "empty").mkdir()
    assert ".jsonl" in mistake(2, "cluster", tmp_path / "empty", "--db", tmp_path / "n.db")
    assert list(tmp_path.iterdir()) == [tmp_path / "empty"]


def test_no_articles_and_no_database(tmp_path):
    assert "topicwire cluster FOLDER" in mistake(2, "cluster", "--db", tmp_path / "none.db")


def test_a_csv_without_text_names_its_columns_and_the_option(tmp_path):
    table = tmp_path / "t.csv"
    table.write_text("headline,nutzlast\nA,Something happened in the town today.\n")
    message = mistake(2, "cluster", table, "--db", tmp_path / "n.db")
    assert "headline" in message
    assert "nutzlast" in message
    assert "--column text=" in message
    code, _, _ = run("cluster", table, "--column", "text=nutzlast", "--db", tmp_path / "n.db")
    assert code == 0


def test_a_broken_json_line_is_named_and_the_rest_read(tmp_path):
    table = tmp_path / "t.jsonl"
    table.write_text('{"text": "The first article is here."}\n{"text": \n{"text": "The third."}\n')
    code, out, _ = run("cluster", table, "--db", tmp_path / "n.db")
    assert code == 0
    assert "line 2" in out
    assert "2 articles added" in out
    _, listed, _ = run("info", "--problems", "--db", tmp_path / "n.db")
    assert "line 2" in listed


def test_empty_and_binary_files_are_named_and_the_rest_read(articles, tmp_path):
    (articles / "empty.txt").write_text("")
    (articles / "image.txt").write_bytes(bytes(range(256)) * 40)
    code, out, _ = run("cluster", articles, "--db", tmp_path / "n.db")
    assert code == 0
    assert "empty.txt" in out
    assert "image.txt" in out
    assert "1 article added" in out


def test_one_passage_alone_makes_one_topic(tmp_path):
    (tmp_path / "one.txt").write_text("Title\n\nOnly one paragraph stands in this article.\n")
    code, out, err = run("cluster", tmp_path / "one.txt", "--db", tmp_path / "n.db", "--json")
    assert code == 0, err
    report = json.loads(out)
    assert (report["passages"], len(report["topics"])) == (1, 1)
    code, _, err = run("map", tmp_path / "map.png", "--db", tmp_path / "n.db")
    assert code == 0, err


def test_an_unknown_model(articles, tmp_path):
    message = mistake(
        3, "cluster", articles, "--model", "no-such-model-here", "--db", tmp_path / "n.db"
    )
    assert "no-such-model-here" in message


def test_a_database_of_another_encoder(db, articles, tmp_path, monkeypatch):
    import sqlite3

    connection = sqlite3.connect(db)
    connection.execute(
        "UPDATE settings SET crc = NULL, value = json_set(value, '$.fingerprint', 'x', "
        "'$.description', 'other-model') WHERE key = 'encoder'"
    )
    connection.execute("UPDATE vectors SET encoder = 'x'")
    connection.commit()
    connection.close()
    message = mistake(4, "cluster", articles, "--db", db)
    assert "other-model" in message
    assert "all-MiniLM-L6-v2" in message
    assert "--db" in message
    assert "other-model" in mistake(4, "search", "talks", "--db", db)


def test_a_topics_file_with_a_mistake(articles, tmp_path):
    file = tmp_path / "topics.toml"
    file.write_text('[[topic]]\ntitle = "diplomacy"\n')
    assert "title" in mistake(2, "cluster", articles, "--topics", file, "--db", tmp_path / "n.db")


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["search"], "query"),
        (["search", "x", "--since", "May"], "2013-05"),
        (["search", "x", "--source", "nobody"], "post"),
        (["search", "x", "--topic", "no such topic"], "topicwire topics"),
        (["search", "--like", "999"], "no passage 999"),
        (["search", "--like", "9" * 20], "no passage 999"),
        (["remove", "--path", "a" * 5000], "nothing was removed"),
        (["search", "x", "--since", "2014", "--until", "2013"], "later than --until"),
        (["search", "x", "--limit", "0"], "--limit"),
        (["copies", "--kind", "fuzzy"], "near_copy"),
        (["copies", "--source", "nobody"], "post"),
        (["search", "x", "--since", "2013-99"], "2013-05"),
        (["cluster", "", "--source", "x"], "path"),
        (["cluster", "--precision", "float64"], "float32"),
        (["export", "out.xlsx"], ".parquet"),
        (["map", "map.bmp"], ".png"),
        (["remove"], "--source"),
        (["remove", "--source", "nobody"], "post"),
        (["remove", "--id", "nothing"], "nothing was removed"),
    ],
)
def test_a_wrong_word_is_answered_with_what_would_be_right(db, args, said):
    assert said in mistake(2, *args, "--db", db)


def test_a_number_of_thousands_of_digits_is_said_to_be_too_large(db):
    code, _, err = run("topics", "--level", "9" * 5000, "--db", db)
    assert (code, "exceeded maximum size" in err) == (2, True)


def test_a_name_too_long_for_a_file_is_no_trouble_of_the_output(db):
    said = mistake(1, "edit", "load", "a" * 5000, "--db", db)
    assert "cannot be opened: File name too long" in said


@pytest.mark.parametrize(
    "command", ["search x", "copies", "map m.png", "topics", "info", "export e.csv"]
)
def test_without_a_database_the_way_to_one_is_shown(command, tmp_path):
    assert "topicwire cluster" in mistake(4, *command.split(), "--db", tmp_path / "none.db")


def test_removing_from_a_missing_database_makes_none(tmp_path):
    mistake(4, "remove", "--source", "x", "--db", tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()


def test_removing_all_articles_leaves_an_empty_corpus_that_can_be_filled_again(db, articles):
    code, _, err = run("remove", "--path", articles, "--db", db)
    assert code == 0, err
    assert "no topics yet" in mistake(4, "topics", "--db", db)
    assert run("cluster", articles, "--db", db)[0] == 0


def test_an_edited_article_is_updated_in_place(db, articles):
    path = articles / "one.txt"
    path.write_text(path.read_text().replace("Geneva", "Vienna"))
    report = json.loads(run("cluster", articles, "--db", db, "--json")[1])
    assert (report["reading"]["updated"], report["documents"]) == (1, 1)
    assert "Vienna" in run("search", "ceasefire", "--db", db)[1]


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_an_export_has_a_row_a_passage_with_what_a_citation_needs(db, tmp_path, suffix):
    out = tmp_path / f"passages.{suffix}"
    code, _, err = run("export", out, "--db", db)
    assert code == 0, err
    rows = read_rows(out)
    assert len(rows) == 2
    assert {row["source"] for row in rows} == {"post"}
    assert {row["published"] for row in rows} == {"2013-05-11"}
    assert "Geneva" in rows[0]["text"]
    assert rows[0]["topic"]


def read_rows(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".csv":
        import csv

        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    import pyarrow.parquet as pq

    return pq.read_table(path).to_pylist()


def test_a_csv_export_holds_no_formula(tmp_path):
    (tmp_path / "t.jsonl").write_text(
        json.dumps({"text": '=HYPERLINK("x") says the article.', "id": "a"})
    )
    db = tmp_path / "n.db"
    run("cluster", tmp_path / "t.jsonl", "--db", db)
    run("export", tmp_path / "e.csv", "--db", db)
    assert read_rows(tmp_path / "e.csv")[0]["text"].startswith("'=")


def test_every_table_fits_in_80_columns(db):
    for args in (["topics"], ["topics", "--passages"], ["search", "talks"], ["copies"], ["info"]):
        _, out, _ = run(*args, "--db", db)
        assert max(len(line) for line in out.splitlines()) <= 80, args


def test_ctrl_c_ends_with_a_sentence_and_keeps_what_is_stored(tmp_path):
    table = tmp_path / "many.jsonl"
    with table.open("w") as file:
        for number in range(3000):
            words = " ".join(f"word{(number * 7 + i * i) % 4999}" for i in range(9))
            file.write(json.dumps({"id": str(number), "text": words}) + "\n")
    db = tmp_path / "n.db"
    child = subprocess.Popen(
        [sys.executable, "-m", "topicwire", "cluster", str(table), "--db", str(db)],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
        # A shell's job in the background is started deaf to Ctrl-C, and so are its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    stored = 0
    while child.poll() is None and not stored:
        time.sleep(0.1)
        if db.exists():
            stored = vectors_in(db)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=60)
    assert child.returncode == 130, err
    assert "run the same command to go on" in err
    assert "Traceback" not in err
    assert 0 < vectors_in(db) < 3000


def test_after_a_stopped_run_every_command_has_an_answer(db, articles, monkeypatch):
    (articles / "two.txt").write_text("Floods\n\nThe river rose over its banks on Sunday.\n")

    def stop(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("topics.answers.cluster.embed_corpus", stop)
    assert run("cluster", articles, "--db", db)[0] == 130
    monkeypatch.undo()
    assert "Geneva" in run("search", "ceasefire", "--db", db)[1]
    assert "not embedded yet" in mistake(2, "search", "--like", "3", "--db", db)
    assert "topicwire cluster" in mistake(4, "map", "m.png", "--db", db)
    assert "1 passage has no topic yet" in " ".join(run("info", "--db", db)[1].split())
    for command in ("topics", "copies"):
        assert run(command, "--db", db)[0] == 0
    code, _, err = run("remove", "--path", articles / "one.txt", "--db", db)
    assert code == 0, err
    assert json.loads(run("topics", "--db", db, "--json")[1])[0]["passages"] == 1


def test_of_outlets_that_differ_in_case_the_one_written_is_removed(db, tmp_path):
    (tmp_path / "b.txt").write_text("Rain\n\nThe river rose after a week of heavy rain.\n")
    assert run("cluster", tmp_path / "b.txt", "--source", "Post", "--db", db)[0] == 0
    assert run("remove", "--source", "Post", "--db", db)[0] == 0
    assert json.loads(run("info", "--db", db, "--json")[1])["outlets"] == [["post", 1]]
    assert run("remove", "--source", "POST", "--db", db)[0] == 0


def test_a_removal_that_cannot_be_finished_removes_nothing(db, monkeypatch):
    def fail(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("topics.answers.remove.derive", fail)
    assert run("remove", "--source", "post", "--db", db)[0] == 130
    assert json.loads(run("info", "--db", db, "--json")[1])["documents"] == 1


def test_vectors_of_other_dimensions_are_not_mixed_in(db, articles):
    message = mistake(4, "cluster", articles, "--dimensions", "100", "--db", db)
    assert "384 dimensions" in message
    assert "100 dimensions" in message
    assert "--dimensions" in message


def test_a_precision_of_equal_vectors_may_be_mixed_in(db, articles):
    code, _, err = run("cluster", articles, "--precision", "float32", "--db", db)
    assert code == 0, err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--dimensions", "0"], "1 or more"),
        (["--dimensions", "999"], "384"),
        (["--precision", "int4"], "int8"),
        (["--device", "abacus"], "cuda"),
    ],
)
def test_options_of_the_encoder_that_cannot_be(articles, tmp_path, options, said):
    assert said in mistake(2, "cluster", articles, *options, "--db", tmp_path / "n.db")


def test_texts_beyond_the_window_are_counted(tmp_path):
    figures = " ".join(str(n % 10) for n in range(500))
    (tmp_path / "long.txt").write_text(f"A headline\n\nThe figures were {figures}.\n")
    code, out, err = run("cluster", tmp_path / "long.txt", "--db", tmp_path / "n.db")
    assert code == 0, err
    assert "1 text longer than the model reads at once" in out


def test_an_article_of_two_files_comes_back_from_the_one_when_the_other_is_removed(tmp_path):
    for name in ("one", "two"):
        record = {"id": "same", "text": f"The text of file {name} stands here."}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(record))
    db = tmp_path / "n.db"
    run("cluster", tmp_path / "one.jsonl", "--db", db)
    said = run("cluster", tmp_path / "two.jsonl", "--db", db)[1]
    assert "Met once more, under another address or in another file: 1, counted once" in said
    assert "same, met once more" in run("info", "--problems", "--db", db)[1]
    code, _, error = run("remove", "--path", tmp_path / "one.jsonl", "--db", db)
    assert (code, "two.jsonl too, and are counted there" in " ".join(error.split())) == (2, True)
    run("remove", "--path", tmp_path / "two.jsonl", "--db", db)
    assert "1 article added" in run("cluster", tmp_path / "one.jsonl", "--db", db)[1]


def test_a_problem_is_forgotten_with_its_file(articles, db):
    (articles / "empty.txt").write_text("")
    run("cluster", articles, "--db", db)
    (articles / "empty.txt").unlink()
    run("cluster", articles, "--db", db)
    assert run("info", "--problems", "--db", db)[1].strip() == "Everything could be read."


@pytest.mark.parametrize(
    ("redirect", "code"), [("| head -1 > /dev/null", 0), ("> /dev/full", 1)], ids=["head", "full"]
)
def test_output_that_is_cut_short_or_has_no_room_shows_no_traceback(db, redirect, code):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full on this system")
    command = f"{sys.executable} -m topicwire topics --passages --db {db} {redirect}"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_the_version_is_told():
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("topicwire ")


def test_a_killed_run_goes_on_and_embeds_nothing_twice(tmp_path):
    table = tmp_path / "some.jsonl"
    with table.open("w") as file:
        for number in range(700):
            words = " ".join(f"word{(number * 7 + i * i) % 1999}" for i in range(6))
            file.write(json.dumps({"id": str(number), "text": words}) + "\n")
    db = tmp_path / "n.db"
    child = subprocess.Popen(
        [sys.executable, "-m", "topicwire", "cluster", str(table), "--db", str(db)],
        stdout=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    while child.poll() is None and not (db.exists() and vectors_in(db)):
        time.sleep(0.05)
    child.kill()
    child.wait()
    stored = vectors_in(db)
    assert 0 < stored < 700
    code, out, err = run("cluster", table, "--db", db, "--json")
    assert code == 0, err
    report = json.loads(out)
    assert (report["embedding"]["embedded"], report["passages"]) == (700 - stored, 700)


def vectors_in(db: Path) -> int:
    import sqlite3

    connection = sqlite3.connect(db)
    try:
        return int(connection.execute("SELECT count(*) FROM vectors").fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()
