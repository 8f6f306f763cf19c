"""From the files of a run over shards to a database: ``topicwire import``."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.blocks import free_memory
from embeddings.corpus.contents import count_rows
from embeddings.corpus.database import check_place
from embeddings.corpus.store import CorpusStore
from embeddings.encoders.opening import open_encoder
from embeddings.errors import InputError, StoreError, TopicwireError, first_line
from embeddings.progress import listen
from embeddings.shards.notes import read_manifest
from embeddings.shards.place import Place
from embeddings.vectors.embedding import EmbeddingReport, note_encoder
from topics.answers.cluster import ClusterReport, describe_run
from topics.answers.cluster_options import Progress
from topics.pipeline.run import derive
from topics.pipeline.sharded.importing import check_whole, fill_store, open_results

if TYPE_CHECKING:
    from embeddings.encoders.protocol import Encoder

# Bytes that a passage takes of memory, and of the disk, where SQLite's log is as large again as the
# database: docs/decisions/scale.md.
MEMORY, DISK = 17_000, 11_000


def import_files(
    out: Path | str, *, db: Path | str = "topicwire.db", progress: Progress | None = None
) -> ClusterReport:
    """Make a database of what ``cluster_files`` left, and find relations, stories and topics.

    Args:
        out: Its folder or address.
        db: The database, which holds no articles.
        progress: Told of each stage.

    Raises:
        InputError: The run there is not finished, or the database holds articles.
        StoreError: There is too little memory or room for it, or files are missing or damaged.
        ModelError: The model cannot be had.
    """
    began = time.perf_counter()
    path = Path(db)
    check_place(path)
    place = Place.of_results(out)
    with ExitStack() as stack:
        with _expecting_results(place), _lock(place) as locked:
            results = open_results(place, read_manifest(place))
            check_whole(place, results, locked=locked)
            _check_room(results.passages, path)
            encoder = _open_encoder(place, results.manifest["encoder"])
            store = stack.enter_context(CorpusStore.open(path, write=True))
            stack.enter_context(listen(progress or (lambda _stage, _done, _total: None)))
            if count_rows(store, "documents"):
                raise InputError(
                    f"{path} holds articles already; name a new file with --db. If an import into "
                    f"it was stopped, `topicwire cluster --db {path}` goes on with that."
                )
            # Before the vectors are there: what is stopped between the two is found as it was.
            note_encoder(store, encoder, results.manifest["encoder"]["precision"])
            wordings = fill_store(store, results, encoder.fingerprint)
        derivation = derive(store, encoder, wordings=wordings)
        texts = sum(results.stages["bodies"].rows)
        return ClusterReport(
            **describe_run(store, encoder, derivation),
            reading=results.reading,
            embedding=EmbeddingReport(embedded=0, reused=texts, windowed=results.windowed),
            embedding_seconds=0.0,
            anew=None,
            naming=None,
            seconds=time.perf_counter() - began,
        )


def _lock(place: Place) -> contextlib.AbstractContextManager[bool]:
    """Keep runs out while their results are read; there are some, or no lock would be made."""
    return place.lock(reading=True) if read_manifest(place) else contextlib.nullcontext(False)


def _open_encoder(place: Place, told: Mapping[str, Any]) -> Encoder:
    """Return the encoder that made the vectors.

    Raises:
        ModelError: It cannot be had.
        StoreError: Another one goes by its name here.
    """
    encoder = open_encoder(
        told["name"], told["precision"], dimensions=told["dimensions"], fetch=False
    )
    if encoder.fingerprint != told["fingerprint"]:
        raise StoreError(
            f"The vectors in {place} were made by another model of the name {told['name']} than "
            "this machine has."
        )
    return encoder


@contextlib.contextmanager
def _expecting_results(place: Place) -> Iterator[None]:
    """Say in a sentence where files are not what a run writes, whoever made them.

    Raises:
        StoreError: Names the place.
    """
    try:
        yield
    except TopicwireError:
        raise
    except (OSError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise StoreError(
            f"Files in {place} are damaged, or were written by something else "
            f"({first_line(error)}). Copy them again, or name a new folder with cluster --out."
        ) from error


def _check_room(passages: int, path: Path) -> None:
    """Refuse what this machine cannot hold.

    Raises:
        StoreError: Says how much is needed, and how much there is.
    """
    for what, needed, free in (
        ("memory", MEMORY * passages, free_memory()),
        ("room on its disk", DISK * passages, shutil.disk_usage(path.absolute().parent).free),
    ):
        if needed > free:
            raise StoreError(
                f"A database of {passages:,} passages takes some {needed / 1e9:,.1f} GB of {what}, "
                f"and {free / 1e9:,.1f} GB are free; import it on a larger machine."
            )
