"""What commands print: nothing that a file, an article or a name holds steers the terminal."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.corpus.store import CorpusStore
from tests.conftest import article, paragraphs_of
from tests.holds.registry import list_commands
from tests.running import run
from topics.cli import output
from topics.cli.output import RIGHT, list_outlets, show, show_table

# Escape sequences of both kinds, a title set, a bell, bidi controls, markup, a line of its own.
TYPED = "[bold]:bell:\x1b[2J\x9b31m\x1b]0;t\x07\u202e\u2066\u200f\u061c\x85\tred \r\x7f"
EVIL = f"{TYPED}\nFORGED "
STEERING = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
CONVOY = (
    "The convoy of eleven lorries crossed the border at Bab al-Hawa shortly before noon on Friday, "
    "carrying flour, blankets and medicine for the besieged town, the agency said in a note."
)
FLOOD = (
    "The river Aune burst its banks on Saturday night after a week of rain, and two hundred "
    "families were taken to the school at Marsh End in boats, the county council said on Sunday."
)
BANK = [
    "The central bank raised its main interest rate by half a point on Tuesday, as expected.",
    "Analysts had expected the central bank to raise the interest rate by a quarter of a point.",
    "Prices rose faster than the central bank had forecast, and interest rates may rise again.",
    "A higher interest rate makes loans dearer for homes and firms, the central bank said.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database all of whose names and texts hold control characters."""
    work = tmp_path_factory.mktemp("work")
    outlet = work / "articles" / f"post{EVIL}"
    outlet.mkdir(parents=True)
    (outlet / f"a{EVIL}.txt").write_text(f"{CONVOY}\n\nShare this article\n\n{FLOOD}\n")
    (outlet / f"bad{EVIL}.txt").write_bytes(b"\x00\x01\x02" * 99)
    rows = [
        {
            "id": f"{name}{EVIL}",
            "title": title,
            "source": f"{name}{EVIL}",
            "url": f"https://{name}.example/{EVIL}",
            "date": "2013-05-1" + str(day),
            "text": f"{text}\n\n{CONVOY.replace('eleven', number)}\n\n{FLOOD} {TYPED}",
        }
        for day, (name, title, text, number) in enumerate(
            [
                ("wire", f"Convoy{EVIL} arrives", f"Smoke{TYPED} rose over the town.", "eleven"),
                ("courier", "", f"Smoke{TYPED} rose over the town at last.", "twelve"),
                ("ledger", f"Convoy{EVIL} arrives", "Nobody saw it arrive in town.", "eleven"),
            ]
        )
    ]
    rows += [
        {"id": f"bank-{n}{EVIL}", "title": f"Rates{EVIL}", "source": f"bank{EVIL}", "text": text}
        for n, text in enumerate(BANK)
    ]
    (work / "articles" / "rows.jsonl").write_text("".join(json.dumps(one) + "\n" for one in rows))
    (work / "topics.toml").write_text(
        f'[[topic]]\nname = {json.dumps("Aid" + EVIL)}\ndescription = "Aid convoys cross."\n'
    )
    (work / "owners.toml").write_text(
        f"[owners]\n{json.dumps('wire' + EVIL)} = {json.dumps('Group' + EVIL)}\n"
        f"{json.dumps('gone' + EVIL)} = {json.dumps('Group' + EVIL)}\n"
    )
    run("cluster", "articles", "--topics", "topics.toml", "--db", DB, cwd=work)
    # What readers of files take out may stand in a database all the same.
    raw = article(
        f"raw{EVIL}",
        [f"{CONVOY} {TYPED}", f"{FLOOD} {TYPED}"],
        **dict.fromkeys(("title", "source", "url"), f"raw{EVIL}"),
    )
    with CorpusStore.open(work / DB, write=True) as store:
        store.put_document(raw, [], paragraphs_of(raw))
    run("cluster", "--db", DB, cwd=work)
    run("export", "lab.jsonl", "--db", DB, cwd=work)
    passages = [json.loads(line) for line in (work / "lab.jsonl").read_text().split("\n")[:-1]]
    labels = [{"passage_id": one["passage_id"], "label": f"L{EVIL}"} for one in passages]
    labels.append({"passage_id": 99999, "label": f"none{EVIL}"})
    (work / "labels.jsonl").write_text("".join(json.dumps(one) + "\n" for one in labels))
    return work


MODULES = sorted(Path(output.__file__).parent.glob("*.py"))
DB = f"news{TYPED}.db"
# What is run of each command, in this order; each as it is and, where it can, with --json.
RUNS: dict[str, list[list[object]]] = {
    "cluster": [
        ["articles", "--topics", "topics.toml", "--show-removed", "--owners", "owners.toml"]
    ],
    "import": [[f"none{TYPED}"]],
    "topics": [[], ["--passages"], ["--tree"], ["--mixed"], ["--strangers"], ["--topic", "zz"]],
    "topics suggest": [[], ["--output", f"draft{TYPED}.toml", "--force"]],
    "search": [["convoy", "--copies"], ["--like", 1], ["convoy", "--source", f"nobody{EVIL}"],
               [f"convoy {EVIL}", "--by", "outlet", "--limit", 9, "--mode", "words"],
               ["convoy", f"--by={EVIL}"], ["--like-file", f"bad{EVIL}.txt"],
               ["convoy", "--export", f"hits{TYPED}.csv"]],
    "copies": [[], ["--pairs", "--sharing", "all"], ["--articles", "--sharing", "all"],
               ["--why-not", 1, 2], ["--csv", f"pairs{TYPED}.csv"]],
    "story": [["--repeats"], [1, "--owners", "owners.toml"], [1, "--no-diff"]],
    "article": [[f"wire{EVIL}"], [f"nobody{EVIL}"], ["e"]],
    "changes": [["--since", "2001-01-01"], ["--since", f"today{EVIL}"]],
    "outlets": [["--owners", "owners.toml"], ["--csv", f"outlets{TYPED}.csv"]],
    "calibrate": [[], ["story"], ["near_copy", "--no", 1, 3], ["--answers"], ["--curve"],
                  ["topic", "Aid", "--count", 2],
                  ["--reset"]],
    "trends": [["--outlets"], ["--csv", f"trends{TYPED}.csv"]],
    "map": [[f"map{TYPED}.svg"], [f"map{TYPED}.svg", "--colour", "outlet"]],
    "report": [[f"page{TYPED}.html"], [f"page{TYPED}.html", "--story", 1], [f"page{TYPED}.txt"]],
    "serve": [["--check"]],
    "mcp": [["--check"]],
    "edit rename": [[2, "Floods"], [2, f"Floods{EVIL}"]],
    "edit split": [[2, "--into", 2]],
    "edit merge": [[1, 2]],
    "edit pin": [[3, 1]],
    "edit exclude": [[4, 1]],
    "edit part": [[1, 2]],
    "edit list": [[]],
    "edit save": [[f"mine{TYPED}.toml"]],
    "edit load": [[f"mine{TYPED}.toml"], [f"none{TYPED}.toml"]],
    "edit undo": [[]],
    "evaluate": [["labels.jsonl"], [f"no{TYPED}.csv"]],
    "export": [[f"passages{TYPED}.csv"], [f"none{TYPED}"]],
    "info": [[], ["--problems"]],
    "remove": [["--source", f"wire{EVIL}", "--dry-run"], ["--id", f"nobody{EVIL}"]],
    "backup": [[f"copy{TYPED}.db"]],
    "restore": [[f"copy{TYPED}.db"], [f"none{TYPED}.db"]],
}  # fmt: skip


def test_every_command_is_tried():
    assert RUNS.keys() == set(list_commands())


@pytest.mark.parametrize("name", RUNS)
def test_no_name_and_no_text_steers_the_terminal(folder, name):
    everything = ""
    for args in RUNS[name]:
        for more in [[], ["--json"]] if name != "topics suggest" else [[]]:
            words = [*name.split(), *args, "--db", DB, *more]
            # So wide that a line begins only where one was begun.
            code, out, err = run(*words, text="y\nn\nq\n", cwd=folder, columns=9999)
            printed = out + err
            everything += printed
            assert printed.strip(), words
            assert not STEERING.search(printed), (words, STEERING.findall(printed))
            assert not re.search("^FORGED", printed, re.MULTILINE), words
            if more and not code:
                json.loads(out)
    if not name.startswith(("edit", "serve", "mcp")):
        assert "[bold]:bell:" in everything  # Rich's markup is text as any other.


def test_json_gives_back_what_it_escapes(folder):
    hits = json.loads(run("search", "convoy", "--db", DB, "--json", cwd=folder)[1])
    assert f"raw{EVIL}" in {hit["source"] for hit in hits["hits"]}


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text()), min_size=1))
def test_any_text_comes_back_from_json(result):
    printed, sys.stdout = sys.stdout, io.StringIO()
    try:
        output.print_json(result)
        text = sys.stdout.getvalue()
    finally:
        sys.stdout = printed
    assert json.loads(text) == result
    assert not STEERING.search(text)


def test_a_line_and_a_table_let_nothing_through_that_was_forgotten(capsys):
    output.say(output.styled("a\x1b[2J", ("b\u202e", "bold")))
    output.show_table(["c\x9b"], ("d\x07", 0, str))
    printed = capsys.readouterr().out
    assert not STEERING.search(printed)
    assert re.findall(r"[a-d]", printed) == ["a", "b", "d", "c"]


@given(st.text())
def test_a_safe_text_has_the_same_letters_at_the_same_places(text):
    clean = output.safe(text)
    assert len(clean) == len(text)
    assert all(a == b or (b == " " and STEERING.match(a)) for a, b in zip(text, clean, strict=True))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_command_prints_through_one_place(path):
    if path.stem != "output":
        text = path.read_text(encoding="utf-8")
        assert not re.findall(
            r"typer\.echo|(?<![.\w])print\(|sys\.std(?:out|err)\.write|Console\(", text
        )


def test_a_table_shows_text_as_it_is_under_the_headings_it_has(capsys):
    rows = [(1, "[red]two"), (20, "x")]
    columns = (("id", RIGHT, lambda row: row[0]), None, ("", 1, lambda row: row[1]))
    show_table(rows, *columns)
    heading, _, first, second = capsys.readouterr().out.splitlines()
    assert heading.split() == ["id"]
    assert first.split() == ["1", "[red]two"]
    assert second.split() == ["20", "x"]
    show_table(rows, columns[-1])
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_outlets_beyond_the_most_are_counted():
    outlets = [("Post", 3), ("", 2), ("Echo", 1)]
    assert output.safe(list_outlets(outlets, 2)) == "Post 3, unknown 2 and 1 more"
    assert output.safe(list_outlets(outlets, 3)) == "Post 3, unknown 2, Echo 1"


def test_no_line_ends_within_the_name_of_an_outlet(capsys):
    outlets = [("Christian Science Monitor", 66), ("New York Times - News", 31)] * 6
    output.say(list_outlets(outlets, 12))
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) > 3
    assert printed.count("Christian Science Monitor 66") == 6
    assert printed.count("New York Times - News 31") == 6


def test_a_result_is_shown_as_json_or_in_words(capsys):
    show([1], True, print)
    show([1], False, print)
    assert capsys.readouterr().out == "[\n  1\n]\n[1]\n"
