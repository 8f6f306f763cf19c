"""How much the tests notice: mutants of the code by seed, each against its area's tests.

    .audit/bin/python -m benchmarks.mutants [--count N] [--seed S] [--jobs J] [--out FILE]
        [--area NAME] [--known]

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
import json
import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PARTS = ("embeddings", "topics", "tests", "seeds", "benchmarks", "docs")

# What is changed, and the tests that ought to see it.
AREAS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "corpus": (
        ("embeddings/corpus", "embeddings/writing.py"),
        ("tests/embeddings/corpus", "tests/embeddings/test_writing.py"),
    ),
    "copies": (
        ("embeddings/words/copies.py", "embeddings/words/verifying.py"),
        ("tests/embeddings/words/test_copies.py",),
    ),
    "stories": (
        ("topics/coverage/stories", "topics/coverage/articles"),
        ("tests/topics/coverage/stories", "tests/topics/coverage/articles"),
    ),
    "edits": (("topics/edits",), ("tests/topics/edits", "tests/topics/answers/test_edit.py")),
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
    ("corpus", "embeddings/corpus/database.py", '{path.resolve()}.lock"', '{path}.lock"'),
    ("corpus", "embeddings/corpus/database.py", "BEGIN IMMEDIATE; {schema}", "{schema}"),
    ("corpus", "embeddings/corpus/values.py", "except BaseException:", "except Exception:"),
    ("corpus", "embeddings/corpus/intake.py", "file.refused = True", "file.refused = False"),
    ("corpus", "embeddings/corpus/intake.py", " - set(met)", ""),
    ("corpus", "embeddings/corpus/intake.py", "store.forget_problems(", "tuple("),
    ("printing", "topics/cli/output.py", r"\x7f-\x9f", r"\x7f-\x84"),
    ("printing", "topics/cli/output.py", r"\u202a-\u202e", r"\u202a-\u202d"),
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


def copy_checkout(folder: Path) -> Path:
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "topicwire.py", "README.md", "constraints.txt"):
        shutil.copy(ROOT / file, folder / file)
    return folder


def run_tests(folder: Path, area: str, limit: float) -> bool:
    """Whether the area's tests pass in time."""
    command = [str(ROOT / ".venv/bin/python"), "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            [*command, *AREAS[area][1]],
            cwd=folder,
            env=environment,
            timeout=limit,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--area", choices=AREAS)
    parser.add_argument("--known", action="store_true")
    parser.add_argument("--out", type=Path, default=Path("mutants.jsonl"))
    options = parser.parse_args()
    areas = [options.area] if options.area else list(USUAL)
    randomness = random.Random(options.seed)  # noqa: S311
    if options.known:
        mutants = list(list_known())
        areas = sorted({mutant.area for mutant in mutants})
    else:
        share = options.count // len(areas)
        mutants = [mutant for area in areas for mutant in draw(area, share, randomness)]
        randomness.shuffle(mutants)
    with tempfile.TemporaryDirectory() as place:
        folders: Queue[Path] = Queue()
        for job in range(options.jobs):
            folders.put(copy_checkout(Path(place) / str(job)))
        limits = {}
        for area in areas:
            began = time.perf_counter()
            folder = folders.get()
            if not run_tests(folder, area, 1800):
                raise SystemExit(f"the tests of {area} fail without any change")
            folders.put(folder)
            limits[area] = 3 * (time.perf_counter() - began) + 20

        def judge(mutant: Mutant) -> tuple[Mutant, bool]:
            folder = folders.get()
            file = folder / mutant.path
            kept = file.read_text("utf-8")
            try:
                file.write_text(mutant.code, "utf-8")
                return mutant, not run_tests(folder, mutant.area, limits[mutant.area])
            finally:
                file.write_text(kept, "utf-8")
                folders.put(folder)

        killed = dict.fromkeys(areas, 0)
        with (
            ThreadPoolExecutor(options.jobs) as pool,
            options.out.open("w", encoding="utf-8") as out,
        ):
            for mutant, is_killed in pool.map(judge, mutants):
                killed[mutant.area] += is_killed
                before = (ROOT / mutant.path).read_text("utf-8").splitlines()
                change = difflib.unified_diff(before, mutant.code.splitlines(), lineterm="", n=0)
                lines = [line for line in change if line[:2] not in ("--", "++", "@@")]
                told = {"area": mutant.area, "path": mutant.path, "line": mutant.line}
                out.write(json.dumps({**told, "killed": is_killed, "change": lines}) + "\n")
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
