"""The arrows of the design: data goes down the list, and so do imports."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Each module may import those above it. A folder stands for all its modules.
ORDER = [
    "embeddings.exports",
    "embeddings.errors",
    "embeddings.progress",
    "embeddings.blocks",
    "embeddings.writing",
    "embeddings.toml",
    "embeddings.documents",
    "embeddings.text",
    "embeddings.articles.parsing",
    "embeddings.articles.formats",
    "embeddings.articles.furniture",
    "embeddings.articles",
    "embeddings.corpus",
    "embeddings.words",
    "embeddings.engines",
    "embeddings.shards",
    "embeddings.encoders",
    "embeddings.vectors",
    "embeddings.search",
    "topics.hierarchy",
    "topics.discovery",
    "topics.guiding",
    "topics.naming",
    "topics.edits",
    "topics.keeping",
    "topics.coverage.articles",
    "topics.coverage.likeness",
    "topics.coverage.relations",
    "topics.coverage.stories",
    "topics.coverage.credit",
    "topics.coverage.reuse",
    "topics.coverage.examples",
    "topics.coverage",
    "topics.periods",
    "topics.evaluation",
    "topics.maps",
    "topics.pipeline",
    "topics.answers",
    "topics.views",
    "topics.one_file",
    "topics.web",
    "topics.assistants",
    "topics.cli",
    "topics.former",
]

# Where a heavy library may be imported, and nowhere else.
HOMES = {
    "torch": ("embeddings.encoders",),
    "sentence_transformers": ("embeddings.encoders",),
    "openvino": ("embeddings.encoders",),
    "umap": ("topics.maps.layout",),
    "matplotlib": ("topics.maps.drawing", "topics.maps.frame", "topics.maps.lettering"),
    "typer": ("topics.cli",),
    "rich": ("topics.cli",),
    "jinja2": ("topics.views",),
    "fastapi": ("topics.web",),
    "starlette": ("topics.web",),
    "uvicorn": ("topics.web",),
    "mcp": ("topics.assistants.server",),
    "markupsafe": ("topics.views", "topics.one_file"),
    "py3langid": ("embeddings.text.languages",),
    "stop_words": ("embeddings.text.stopwords",),
    "budoux": ("embeddings.text.segmenting",),
    "ray": ("embeddings.engines.ray",),
    "pickle": (),
}


# What shows a corpus to somebody asks the owners of the tables.
FACES = (
    "topics.answers",
    "topics.views",
    "topics.one_file",
    "topics.web",
    "topics.assistants",
    "topics.cli",
)


@cache
def modules() -> dict[str, Path]:
    found = {}
    for package in ("embeddings", "topics"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def place(name: str) -> str | None:
    return next((entry for entry in ORDER if name == entry or name.startswith(entry + ".")), None)


@cache
def imports(path: Path) -> list[str]:
    """Names of what a file imports, those only for type checkers left out."""
    names = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return names


def test_each_module_has_a_place():
    # A folder's own module needs none where its modules have places of their own.
    named = [name for name, path in modules().items() if "." in name and path.stem != "__init__"]
    assert not [name for name in named if place(name) is None], f"no place in ORDER of {__file__}"


def test_a_module_imports_only_what_lies_above_it():
    rank = {name: ORDER.index(own) for name in modules() if (own := place(name))}
    assert not [
        f"{name} imports {imported}, below it"
        for name in rank
        for imported in imports(modules()[name])
        if (other := place(imported)) and ORDER.index(other) > rank[name]
    ]


def test_a_heavy_library_is_imported_only_where_it_lives():
    assert not [
        f"{name} imports {imported}"
        for name, path in modules().items()
        for imported in imports(path)
        if not name.startswith(HOMES.get(imported.partition(".")[0], ""))
    ]


@pytest.mark.parametrize("package", ["embeddings", "topics"])
def test_every_exported_name_is_there_and_hides_no_module(package):
    exported = importlib.import_module(package)
    names = exported.__all__
    assert not [name for name in names if getattr(exported, name) is None]
    files = {path.stem for path in (ROOT / package).iterdir() if path.stem != "__init__"}
    assert not files & set(names)


@pytest.mark.parametrize("package", ["embeddings", "topics"])
def test_a_stub_has_each_name_on_one_line(package):
    """What reads it goes by lines, so that an import in brackets would be left out."""
    stub = ast.parse((ROOT / package / "__init__.pyi").read_text())
    named = [
        alias.asname for one in stub.body if isinstance(one, ast.ImportFrom) for alias in one.names
    ]
    assert sorted(named) == sorted(importlib.import_module(package).__all__)


def test_topics_holds_folders_only_and_few():
    files = [path.name for path in (ROOT / "topics").glob("*.py") if path.stem != "__init__"]
    folders = [path.name for path in (ROOT / "topics").iterdir() if (path / "__init__.py").exists()]
    assert files == []
    assert len(folders) <= 18


def test_no_answer_and_no_command_speaks_sql():
    statement = re.compile(r"\b(?:SELECT|INSERT|DELETE FROM|UPDATE \w+ SET)\b")
    faces = {name: path for name, path in modules().items() if name.startswith(FACES)}
    assert not [name for name, path in faces.items() if statement.search(path.read_text("utf-8"))]


def test_no_modules_import_each_other_in_a_circle():
    known = modules()
    waiting = {name: {one for one in imports(path) if one in known} for name, path in known.items()}
    while free := [name for name, needs in waiting.items() if not needs & waiting.keys() - {name}]:
        for name in free:
            del waiting[name]
    assert not waiting, sorted(waiting)


def test_tests_stand_in_folders_of_the_same_names():
    for package in ("embeddings", "topics"):
        for path in (ROOT / "tests" / package).rglob("test_*.py"):
            assert (ROOT / path.parent.relative_to(ROOT / "tests")).is_dir(), path


def test_importing_the_packages_loads_nothing_heavy():
    heavy = "numpy rapidfuzz lxml torch sklearn scipy umap matplotlib openvino pyarrow trafilatura"
    heavy += " sentence_transformers py3langid budoux stop_words jinja2 markupsafe fastapi uvicorn"
    heavy += " mcp"
    code = (
        "import sys, embeddings, topics, topicwire, tests.running as running;"
        "running.load_commands();"
        f"print([m for m in '{heavy}'.split() if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_no_module_is_overlong():
    # A table of rules, each with its reason, is as long as it is.
    tables = {"embeddings.articles.furniture.rules"}
    long = {
        name: lines
        for name, path in modules().items()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long.keys() <= tables, long
