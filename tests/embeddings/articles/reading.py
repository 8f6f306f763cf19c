"""Reading files in tests, as the commands do."""

from __future__ import annotations

from pathlib import Path

from embeddings.articles.files import read_paths
from embeddings.articles.parsing.results import Problem, ReadFile, ReadOptions
from embeddings.documents import Document

ARTICLE = (
    "Talks go on in Geneva\n\nLast Modified: 11 May 2013 05:46\n\n"
    "The foreign minister said on Friday that the talks would go on for another week.\n\n"
    "A spokesman for the opposition asked for guarantees.\n"
)


def read(*paths: Path, options: ReadOptions | None = None) -> list[ReadFile]:
    return list(read_paths(paths, options or ReadOptions(), {}))


def documents(*paths: Path, options: ReadOptions | None = None) -> list[Document]:
    return [d for file in read(*paths, options=options) for d in file.documents]


def problems(*paths: Path, options: ReadOptions | None = None) -> list[Problem]:
    return [p for file in read(*paths, options=options) for p in file.problems]


def write(path: Path, content: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return path
