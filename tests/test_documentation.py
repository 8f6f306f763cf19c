"""The code blocks of README and docs run, and the output shown is the output there is."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import run

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), ROOT / "CONTRIBUTING.md"]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Commands that make an environment or need a tool of the system; what they would run is checked
# by other tests, or by the way this suite is started.
NOT_HERE = (
    "topicwire serve",
    "make",
    "pip",
    "python3 -m venv",
    "python -m venv",
    "git",
    "cd",
    "sqlite3",
    ".venv",
)


def blocks(language: str) -> list[tuple[str, str]]:
    return [
        (
            f"{page.relative_to(ROOT)}:{page.read_text()[: match.start()].count(chr(10)) + 1}",
            match[2],
        )
        for page in PAGES
        for match in BLOCK.finditer(page.read_text(encoding="utf-8"))
        if match[1] == language
    ]


def steps(block: str) -> list[tuple[str, str]]:
    """Split a console block into commands and the output shown below each."""
    parts = re.split(r"^\$ (.*(?:\\\n.*)*)\n", block, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo corpus, clustered as the README does, and the docs' other files."""
    folder = tmp_path_factory.mktemp("docs")
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    shutil.copytree(ROOT / "seeds" / "harbour-courier", folder / "articles" / "harbour-courier")
    shutil.copy(ROOT / "seeds" / "topics.toml", folder / "topics.toml")
    articles = sorted(path for path in (folder / "seeds").glob("*/*") if path.is_file())
    labels = [f"{path},{number % 2}\n" for number, path in enumerate(articles)]
    (folder / "labels.csv").write_text("path,subject\n" + "".join(labels))
    (folder / "articles.jsonl").write_text('{"text": "The council of Hartwell met on Tuesday."}\n')
    return folder


def topicwire(command: str, folder: Path) -> str:
    command, _, piped = command.partition(" < ")
    program, *args = shlex.split(command)
    assert program == "topicwire"
    text = (folder / piped).read_text() if piped else ""
    code, out, err = run(*args, cwd=folder, text=text)
    assert code == 0, err
    return out


def comparable(output: str) -> list[str]:
    """Lines without what differs from run to run: times, paths, and space at line ends."""
    output = re.sub(r"\d+\.\d s\b", "0.0 s", output)
    output = re.sub(r"^.*: took \d+ s\n", "", output, flags=re.MULTILINE)  # on a busy machine
    return [line.rstrip() for line in output.strip().splitlines()]


def on_any_machine(output: str) -> list[str]:
    """Lines without the table of topics, and without figures: both hang on the last bits of
    vectors, which differ by the type of processor."""
    before, heading, table = output.partition("id   topic ")
    _, bold, after = table.partition("In bold")
    return comparable(re.sub(r"\d[\d,.]*", "0", before + heading + bold + after))


def test_make_demo_prints_what_the_readme_shows(place):
    recipe = subprocess.run(
        ["make", "-n", "-o", ".venv/ready", "demo"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    commands = [line for line in recipe.splitlines() if "bin/topicwire" in line]
    assert len(commands) == 2
    printed = [
        topicwire(line.replace(".venv/bin/topicwire", "topicwire"), place) for line in commands
    ]
    shown = next(
        output
        for _, block in blocks("console")
        for command, output in steps(block)
        if command == "make demo"
    )
    assert on_any_machine(shown) == on_any_machine("".join(printed))
    for name in ("diplomacy", "weapons transfers", "battlefield events"):
        assert re.search(rf"\d +{name} +\d+ +\d+%", printed[0])


@pytest.mark.parametrize(("where", "block"), blocks("console"), ids=lambda value: value[:24])
def test_commands_run_and_print_what_is_shown(place, tmp_path, where, block):
    if not (place / "topicwire.db").exists():
        topicwire("topicwire cluster seeds/ --topics seeds/topics.toml", place)
    folder = place
    # What would change what the other blocks show has a folder of its own.
    if any(word in block for word in ("remove", "articles", "topicwire edit", "--output")):
        folder = tmp_path / "own"
        shutil.copytree(place, folder)
    for command, shown in steps(block):
        if command.startswith(NOT_HERE):
            continue
        printed = topicwire(command, folder)
        if shown.strip():
            assert comparable(shown) == comparable(printed), where


@pytest.mark.parametrize(("where", "block"), blocks("python"), ids=lambda value: value[:24])
def test_python_blocks_run(place, tmp_path, monkeypatch, where, block):
    folder = tmp_path / "own"
    shutil.copytree(place, folder)
    monkeypatch.chdir(folder)
    (folder / "block.py").write_text(PREAMBLE + block, encoding="utf-8")
    runpy.run_path("block.py")


# Later blocks of a page go on with names of earlier ones.
PREAMBLE = "from embeddings import open_encoder\n"


@pytest.mark.parametrize(("where", "block"), blocks("toml"), ids=lambda value: value[:24])
def test_toml_blocks_are_files_of_topics_or_owners(where, block):
    from topics.coverage.credit.owners import parse_owners
    from topics.guiding.taxonomy import parse_topics

    assert parse_owners(block).by_outlet if "owner" in block else parse_topics(block)


@pytest.mark.parametrize(("where", "block"), blocks("json"), ids=lambda value: value[:24])
def test_settings_of_assistants_start_a_command_there_is(where, block):
    ((_, server),) = json.loads(block)["mcpServers"].items()
    assert server["command"] == "topicwire"
    code, _, err = run(*server["args"])
    assert (code, "there is no database" in err.lower()) == (4, True), err


def test_no_code_block_is_left_untested():
    texts = [page.read_text("utf-8") for page in PAGES]
    kinds = {kind for text in texts for kind in re.findall(r"^```(.+)$", text, re.MULTILINE)}
    # What fetches pages with libraries that cannot be installed here says that it is not run.
    assert kinds <= {"console", "python", "toml", "json", "python not-run"}


def test_every_link_between_pages_leads_somewhere():
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_no_page_holds_a_gap_to_be_filled():
    for page in PAGES:
        gaps = re.findall(r"^[A-Z_]{5,}$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert not gaps, f"{page.name}: {gaps}"
