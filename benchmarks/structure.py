"""The size of the house: files, lines, records, long functions, SQL and import arrows.

    python -m benchmarks.structure [CHECKOUT] [--folders]

Lines of code leave out blanks, comments and docstrings. A record is a dataclass, NamedTuple or
TypedDict. A function is long above 40 lines, its docstring left out. A module has SQL if a string
of it begins with a statement. An arrow is a pair of folders of which one imports the other.
"""

from __future__ import annotations

import argparse
import ast
import io
import re
import tokenize
from collections import Counter
from pathlib import Path

PACKAGES = ("embeddings", "topics")
LONG = 40
SQL = re.compile(r"\s*(?:SELECT|INSERT|DELETE FROM|UPDATE)\s")
QUIET = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
}
Scope = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def docstring_lines(tree: ast.AST) -> set[int]:
    found: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, Scope) and ast.get_docstring(node, clean=False) is not None:
            first = node.body[0]
            found.update(range(first.lineno, (first.end_lineno or first.lineno) + 1))
    return found


def code_lines(text: str) -> set[int]:
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in QUIET:
            lines.update(range(token.start[0], token.end[0] + 1))
    return lines


def is_record(node: ast.ClassDef) -> bool:
    bases = {ast.unparse(base) for base in node.bases}
    return is_dataclass(node) or bool(bases & {"NamedTuple", "TypedDict"})


def is_dataclass(node: ast.ClassDef) -> bool:
    return any("dataclass" in ast.unparse(one) for one in node.decorator_list)


def has_sql(tree: ast.AST) -> bool:
    return any(
        isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
        for node in ast.walk(tree)
    )


def measure(root: Path) -> tuple[Counter[str], Counter[str]]:
    """Return what is counted over the checkout, and lines of code by folder."""
    counts: Counter[str] = Counter()
    folders: Counter[str] = Counter()
    arrows: set[tuple[str, str]] = set()
    for path in sorted(root.rglob("*.py")):
        place = path.relative_to(root)
        if place.parts[0] not in (*PACKAGES, "tests"):
            continue
        group = "tests" if place.parts[0] == "tests" else "source"
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
        docs = docstring_lines(tree)
        code = len(code_lines(text) - docs)
        counts[f"{group}: files"] += 1
        counts[f"{group}: lines"] += text.count("\n")
        counts[f"{group}: lines of code"] += code
        counts[f"{group}: lines of docstrings"] += len(docs)
        if group == "tests":
            continue
        folder = str(place.parent)
        folders[folder] += code
        counts["modules with SQL"] += has_sql(tree)
        arrows |= {(folder, other) for other in imported_folders(tree, root) if other != folder}
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                counts["classes"] += 1
                counts["dataclasses"] += is_dataclass(node)
                counts["records"] += is_record(node)
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
                counts["functions"] += 1
                counts[f"functions above {LONG} lines"] += len(lines - docs) > LONG
    counts["folders"] = len(folders)
    counts["arrows between folders"] = len(arrows)
    counts["folders that import each other"] = sum((b, a) in arrows for a, b in arrows) // 2
    return counts, folders


def imported_folders(tree: ast.AST, root: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGES):
            place = Path(*str(node.module).split("."))
            found.add(str(place if (root / place).is_dir() else place.parent))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("checkout", nargs="?", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--folders", action="store_true", help="also lines of code by folder")
    given = parser.parse_args()
    counts, folders = measure(given.checkout)
    for name, number in sorted(counts.items()):
        print(f"{name:34}{number:8,}")
    if given.folders:
        print()
        for name, number in folders.most_common():
            print(f"{name:34}{number:8,}")


if __name__ == "__main__":
    main()
