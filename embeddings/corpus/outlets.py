"""Names of outlets: several of one outlet are one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from embeddings.corpus.contents import list_articles
from embeddings.corpus.store import CorpusStore
from embeddings.documents import Document

# The setting that holds them: the outlet of each other name.
ALIASES = "aliases"


def fold_outlet(name: str) -> str:
    """Return what two spellings of one name have in common: case and white space are none."""
    return " ".join(name.casefold().split())


def read_aliases(store: CorpusStore) -> dict[str, str]:
    """Return the outlet of each name that stands for another, by ``fold_outlet`` of the name."""
    return _fold_names(store.setting(ALIASES) or {})


def _fold_names(aliases: Mapping[str, str]) -> dict[str, str]:
    return {fold_outlet(name): outlet for name, outlet in aliases.items()}


def put_aliases(store: CorpusStore, aliases: Mapping[str, str]) -> int:
    """Remember aliases in place of those of before, and go over what is stored.

    What stood for another name and does so no more has its own again when its file is next
    read: no file counts as read where aliases have changed.

    Args:
        store: Open for writing.
        aliases: Outlet by any spelling of another name of it; no outlet is such a name.

    Returns:
        How many articles have another outlet now.
    """
    renamed = 0
    with store.transaction():
        if (store.setting(ALIASES) or {}) != dict(aliases):
            store.forget_files()
        store.set_setting(ALIASES, dict(aliases) or None)
        folded = _fold_names(aliases)
        for document_id, source, _ in list_articles(store):
            outlet = folded.get(fold_outlet(source), source)
            if outlet != source:
                store.rename_outlet(document_id, outlet)
                renamed += 1
    return renamed


def name_outlet(document: Document, aliases: Mapping[str, str]) -> Document:
    """Return an article with its outlet's own name.

    Args:
        document: As it was read.
        aliases: As ``read_aliases`` gives them.
    """
    outlet = aliases.get(fold_outlet(document.source))
    return document if outlet is None else replace(document, source=outlet)
