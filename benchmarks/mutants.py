"""How much the tests notice: mutants of the code by seed, each against its area's tests.

    .audit/bin/python -m benchmarks.mutants [--count N] [--seed S] [--jobs J] [--out FILE]
        [--area NAME] [--skip N] [--known]

Sites are drawn by the seed from all that cosmic-ray can change in an area; at each, one change is
drawn. A change of an annotation or docstring alone is drawn again. A mutant is killed where a test
of its area fails or takes three times as long; survivors are printed with their change, to be
read. ``--known`` tries changes by hand in their place, which cosmic-ray does not make: of SQL, of
regular expressions, of what is caught.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PARTS = ("embeddings", "topics", "tests", "seeds", "benchmarks", "docs")

# Imported before any test: none of them is changed.
LIBRARIES = ("pytest", "hypothesis.strategies", "numpy", "scipy.sparse.linalg", "rapidfuzz.process",
             "typer.testing", "graspologic_native")  # fmt: skip

# What is changed, and the tests that ought to see it. Left out for the time they take: of copies,
# those of thousands of texts (what is counted, not what is found); of edits, those of how many
# topics are shown, and of what the commands refuse before an edit is made.
AREAS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "corpus": (
        ("embeddings/corpus", "embeddings/writing.py"),
        (
            "tests/embeddings/corpus",
            "tests/embeddings/test_writing.py",
            "tests/topics/answers/test_check.py",
            "tests/topics/answers/test_backup.py",
        ),
    ),
    "copies": (
        ("embeddings/words/copies.py", "embeddings/words/verifying.py"),
        (
            "tests/embeddings/words/test_copies.py",
            "tests/embeddings/words/test_verifying.py",
            "tests/embeddings/words/test_versions.py",
            "-k",
            "not thousand and not too_little",
        ),
    ),
    "stories": (
        ("topics/coverage/stories", "topics/coverage/articles"),
        ("tests/topics/coverage/stories", "tests/topics/coverage/articles"),
    ),
    "edits": (
        ("topics/edits",),
        (
            "tests/topics/edits",
            "tests/topics/answers/test_edit.py",
            "-k",
            "not as_many and not count_among and not mistake and not subjects",
        ),
    ),
    "reading": (
        (
            "embeddings/articles/files.py",
            "embeddings/articles/formats",
            "embeddings/articles/parsing",
        ),
        ("tests/embeddings/articles",),
    ),
    "printing": (
        ("topics/cli/output.py", "topics/answers/spreadsheets.py"),
        ("tests/topics/cli/test_output.py", "tests/topics/answers/test_spreadsheets.py"),
    ),
}
USUAL = ("corpus", "copies", "stories", "edits")

_FORMATS, _PARSING = "embeddings/articles/formats", "embeddings/articles/parsing"
# Area, file, what stands there, and what is put in its place.
KNOWN = (
    ("corpus", "embeddings/corpus/database.py", "synchronous = FULL", "synchronous = OFF"),
    ("corpus", "embeddings/corpus/database.py", 'FileLock(f"{place}', 'FileLock(f"{path}'),
    ("corpus", "embeddings/corpus/database.py", "BEGIN IMMEDIATE; {schema}", "{schema}"),
    ("corpus", "embeddings/corpus/values.py", "except BaseException:", "except Exception:"),
    ("corpus", "embeddings/corpus/identity.py", " - set(met)", ""),
    ("corpus", "embeddings/corpus/identity.py", "store.forget_problems(", "tuple("),
    ("printing", "embeddings/text/printing.py", r"\x7f-\x9f", r"\x7f-\x84"),
    ("printing", "embeddings/text/printing.py", r"\u202a-\u202e", r"\u202a-\u202d"),
    (
        "reading",
        "embeddings/articles/formats/json_records.py",
        "(ValueError, RecursionError)",
        "ValueError",
    ),
    (
        "reading",
        "embeddings/articles/formats/tables.py",
        "except RecursionError",
        "except KeyError",
    ),
)


def list_known() -> Iterator[Mutant]:
    """Yield the changes made by hand; one whose place is gone is an error."""
    for area, path, old, new in KNOWN:
        code = (ROOT / path).read_text("utf-8")
        if old not in code:
            raise SystemExit(f"{path} holds no {old!r} any more: mend the list KNOWN")
        line = code[: code.index(old)].count("\n") + 1
        yield Mutant(area, path, line, code.replace(old, new, 1))


class Mutant(NamedTuple):
    """A change of one file."""

    area: str
    path: str
    line: int
    code: str


def list_files(area: str) -> list[Path]:
    places = [ROOT / place for place in AREAS[area][0]]
    return sorted(
        file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])
    )


def means_the_same(changed: str, code: str) -> bool:
    """Whether a change cannot matter: it is no Python, or an annotation or docstring."""
    try:
        return bare(changed) == bare(code)
    except SyntaxError:
        return True


def bare(code: str) -> str:
    """Return the meaning of a module, annotations and docstrings left out."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
        if isinstance(node, ast.AnnAssign):
            node.annotation = ast.Constant("")
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [each for each in body if not _is_text(each)] or [ast.Pass()]  # type: ignore[attr-defined]
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def draw(area: str, count: int, randomness: random.Random) -> Iterator[Mutant]:
    """Draw mutants of an area; fewer where it has fewer sites."""
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator, operator_names

    sites: dict[tuple[Path, int, int], list[tuple[str, int]]] = {}
    for file in list_files(area):
        nodes = list(ast_nodes(get_ast(file.read_text("utf-8"))))
        for name in operator_names():
            kind = get_operator(name)
            if kind.arguments() or name.endswith("NoOp"):
                continue
            operator, occurrence = kind(), 0
            for node in nodes:
                for start, _end in operator.mutation_positions(node):
                    sites.setdefault((file, *start), []).append((name, occurrence))
                    occurrence += 1
    places = sorted(sites)
    randomness.shuffle(places)
    made = 0
    for place in places:
        if made == count:
            return
        name, occurrence = randomness.choice(sites[place])
        code = place[0].read_text("utf-8")
        try:
            changed = mutate_code(code, get_operator(name)(), occurrence)
        except AttributeError:  # cosmic-ray, of an except with a dotted name
            continue
        if changed is None or means_the_same(changed, code):
            continue
        made += 1
        yield Mutant(area, place[0].relative_to(ROOT).as_posix(), place[1], changed)


def list_tests(folder: Path, area: str, path: str = "") -> list[str]:
    """Return what pytest is told for an area: a changed file's own tests first, options last."""
    found: list[str] = []
    for place in AREAS[area][1]:
        if (folder / place).is_dir():
            files = (folder / place).rglob("test_*.py")
            found += sorted(file.relative_to(folder).as_posix() for file in files)
        else:
            found.append(place)
    own = [one for one in found if Path(one).stem == f"test_{Path(path).stem}"]
    return own + [one for one in found if one not in own]


def copy_checkout(folder: Path) -> Path:
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "topicwire.py", "README.md", "constraints.txt"):
        shutil.copy(ROOT / file, folder / file)
    return folder


class Runner:
    """A checkout, and a process that runs tests of it in forks: libraries are imported once."""

    def __init__(self, folder: Path) -> None:
        self.folder = copy_checkout(folder)
        command = [str(ROOT / ".venv/bin/python"), "-m", "benchmarks.mutants", "--serve"]
        self._server = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, tests: list[str], limit: int, *, keep_bytecode: bool = False) -> int:
        """Run tests; returns 0 where all pass, a negative number where the limit is met.

        What is compiled is kept for later runs if asked.
        """
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        order = {"tests": tests, "limit": limit, "keep_bytecode": keep_bytecode}
        print(json.dumps(order), file=self._server.stdin, flush=True)
        return int(self._server.stdout.readline())

    def judge(self, mutant: Mutant, limit: int) -> int:
        """Run the tests of a mutant's area over it; returns see ``run``."""
        file = self.folder / mutant.path
        kept, stamp = file.read_text("utf-8"), file.stat()
        try:
            file.write_text(mutant.code, "utf-8")
            return self.run(list_tests(self.folder, mutant.area, mutant.path), limit)
        finally:
            file.write_text(kept, "utf-8")
            # What was compiled of it counts again.
            os.utime(file, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def serve() -> None:
    """Answer each line of the input, what to run, with the status of a fork that ran it."""
    for library in LIBRARIES:
        importlib.import_module(library)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            nowhere = os.open(os.devnull, os.O_RDWR)
            for stream in range(3):
                os.dup2(nowhere, stream)
            if not order["keep_bytecode"]:
                sys.dont_write_bytecode = True
                os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
            os.environ["PYTHONPATH"] = str(ROOT)
            signal.alarm(order["limit"])
            options = ["-x", "-q", "-p", "no:cacheprovider"]
            os._exit(importlib.import_module("pytest").main([*options, *order["tests"]]))
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(status, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--skip", type=int, default=0, help="of those drawn, tried before")
    parser.add_argument("--area", choices=AREAS)
    parser.add_argument("--known", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=Path("mutants.jsonl"))
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    areas = [options.area] if options.area else list(USUAL)
    randomness = random.Random(options.seed)  # noqa: S311
    if options.known:
        mutants = list(list_known())
        areas = sorted({mutant.area for mutant in mutants})
    else:
        share = options.count // len(areas)
        mutants = [mutant for area in areas for mutant in draw(area, share, randomness)]
        randomness.shuffle(mutants)
        mutants = mutants[options.skip :]
    with tempfile.TemporaryDirectory() as place:
        runners: Queue[Runner] = Queue()
        for job in range(options.jobs):
            runners.put(Runner(Path(place) / str(job)))
        limits = {}
        for area in areas:
            for runner in runners.queue:
                began = time.perf_counter()
                if runner.run(list_tests(runner.folder, area), 1800, keep_bytecode=True) != 0:
                    raise SystemExit(f"the tests of {area} fail without any change")
                limits[area] = round(3 * (time.perf_counter() - began) + 20)

        def judge(mutant: Mutant) -> tuple[Mutant, int]:
            runner = runners.get()
            try:
                return mutant, runner.judge(mutant, limits[mutant.area])
            finally:
                runners.put(runner)

        killed = dict.fromkeys(areas, 0)
        with (
            ThreadPoolExecutor(options.jobs) as pool,
            options.out.open("w", encoding="utf-8") as out,
        ):
            for mutant, status in pool.map(judge, mutants):
                is_killed = status != 0
                killed[mutant.area] += is_killed
                before = (ROOT / mutant.path).read_text("utf-8").splitlines()
                change = difflib.unified_diff(before, mutant.code.splitlines(), lineterm="", n=0)
                lines = [line for line in change if line[:2] not in ("--", "++", "@@")]
                told = {"area": mutant.area, "path": mutant.path, "line": mutant.line}
                out.write(json.dumps({**told, "status": status, "change": lines}) + "\n")
                out.flush()
                if not is_killed:
                    print(
                        f"survived: {mutant.path}:{mutant.line}", *lines, sep="\n    ", flush=True
                    )
    for area in areas:
        made = sum(mutant.area == area for mutant in mutants)
        print(f"{area:10} {killed[area]:4} of {made:4} killed")
    print(f"{'all':10} {sum(killed.values()):4} of {len(mutants):4} killed, seed {options.seed}")


if __name__ == "__main__":
    main()
