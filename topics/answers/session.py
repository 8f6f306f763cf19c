"""A database kept open: what is loaded for one question serves the next."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, wraps
from inspect import Signature, signature
from os import PathLike, fspath
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Any,
    Concatenate,
    Generic,
    ParamSpec,
    TypeAlias,
    TypeVar,
    overload,
)

import topics as functions
from embeddings.corpus.values import Memory
from embeddings.corpus.watch import Watch

if TYPE_CHECKING:
    from concurrent.futures import Future
    from types import TracebackType

    from embeddings.corpus.store import CorpusStore
    from embeddings.corpus.watch import State
    from embeddings.encoders.protocol import Encoder
    from embeddings.search.searcher import Searcher

Database: TypeAlias = str | PathLike[str]
"""What stands for a database in every function: its path, or a ``Session``."""

A = TypeVar("A")
P = ParamSpec("P")
T = TypeVar("T")

# Answers kept, those not asked for the longest going first.
_MOST_ANSWERS = 64


class _Answer(Generic[P, T]):
    """A function of ``topics``, as a method of the session whose database it is asked of."""

    def __init__(self, function: Callable[[], Callable[P, T]]) -> None:
        self._function = function

    def __get__(self, session: Session | None, _: type[Session]) -> Callable[P, T]:
        function: Callable[..., T] = self._function()
        if session is None:
            return function

        @wraps(function)
        def ask(*args: P.args, **given: P.kwargs) -> T:
            return function(*args, db=session, **given)

        ask.__signature__ = self._signature  # type: ignore[attr-defined]
        return ask

    @cached_property
    def _signature(self) -> Signature:
        # Worked out once: a millisecond of each question.
        whole = signature(self._function())
        return whole.replace(parameters=[one for n, one in whole.parameters.items() if n != "db"])


@overload
def _of(function: Callable[[], Callable[Concatenate[Database, P], T]]) -> _Answer[P, T]: ...
@overload
def _of(
    function: Callable[[], Callable[Concatenate[A, Database, P], T]],
) -> _Answer[Concatenate[A, P], T]: ...
@overload
def _of(function: Callable[[], Callable[P, T]]) -> _Answer[P, T]: ...
def _of(function: Callable[[], Callable[..., Any]]) -> _Answer[..., Any]:
    """Bind a function to sessions; named in a lambda, so that it is imported when first asked."""
    return _Answer(function)


class Session:
    """A database with what questions to it need loaded: ``topics.open("news.db")``.

    Its methods are the functions of ``topics`` that take a database, with the same arguments
    but ``db``. The encoder stays loaded, and answers that take long are kept until the database
    changes, whichever process changes it; ``searcher`` keeps what searches go by. Each question
    sees one state of the database.

    Several threads may share a session. It closes with the ``with`` block it is opened in, and
    may be used again afterwards.

    Args:
        path: The database.
        keeps: Whether anything is kept between questions.
    """

    def __init__(self, path: Database, *, keeps: bool = True) -> None:
        self.path = Path(path)
        self._watch = Watch(self.path) if keeps else None
        self._lock, self._loading = threading.Lock(), threading.Lock()
        self._state: State = ()
        self._answers: OrderedDict[Hashable, Future[Any]] = OrderedDict()
        self._encoder: tuple[Any, Encoder] | None = None
        self._memory: tuple[State, Memory] | None = None
        self._searcher: Searcher | None = None

    search = _of(lambda: functions.search)
    topics = _of(lambda: functions.topics)
    levels = _of(lambda: functions.levels)
    tree = _of(lambda: functions.tree)
    placements = _of(lambda: functions.placements)
    history = _of(lambda: functions.history)
    copies = _of(lambda: functions.copies)
    article_copies = _of(lambda: functions.article_copies)
    why_not = _of(lambda: functions.why_not)
    stories = _of(lambda: functions.stories)
    story = _of(lambda: functions.story)
    article = _of(lambda: functions.article)
    changes = _of(lambda: functions.changes)
    outlets = _of(lambda: functions.outlets)
    trends = _of(lambda: functions.trends)
    map = _of(lambda: functions.map)
    points = _of(lambda: functions.points)
    report = _of(lambda: functions.report)
    export = _of(lambda: functions.export)
    evaluate = _of(lambda: functions.evaluate)
    suggest = _of(lambda: functions.suggest)
    info = _of(lambda: functions.info)
    check = _of(lambda: functions.check)
    questions = _of(lambda: functions.questions)
    judge = _of(lambda: functions.judge)
    calibrate = _of(lambda: functions.calibrate)
    set_thresholds = _of(lambda: functions.set_thresholds)
    rename = _of(lambda: functions.rename)
    merge = _of(lambda: functions.merge)
    split = _of(lambda: functions.split)
    pin = _of(lambda: functions.pin)
    part = _of(lambda: functions.part)
    undo = _of(lambda: functions.undo)
    list_edits = _of(lambda: functions.list_edits)
    save_edits = _of(lambda: functions.save_edits)
    load_edits = _of(lambda: functions.load_edits)
    remove = _of(lambda: functions.remove)
    backup = _of(lambda: functions.backup)

    def __fspath__(self) -> str:
        """Return the path, so that a session stands wherever a database is asked for."""
        return fspath(self.path)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({fspath(self)!r})"

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file and of all that is kept."""
        with self._loading:
            self._encoder = self._memory = self._searcher = None
        with self._lock:
            self._answers.clear()
        if self._watch:
            self._watch.close()

    @contextmanager
    def reading(self) -> Iterator[CorpusStore]:
        """Open the database to be read; what is known of its state is not looked up again.

        Raises:
            StoreError: There is none, or it cannot be read.
        """
        from embeddings.corpus.store import CorpusStore

        if not self._watch:
            with CorpusStore.open(self.path) as store:
                yield store
            return
        state = self._watch.state()
        with CorpusStore.open(self.path) as store:
            # A store sees the state it was opened in: where none came between, this one.
            if self._watch.state() == state:
                with self._loading:
                    if self._memory is None or self._memory[0] != state:
                        self._memory = state, Memory()
                    store.share(self._memory[1])
            yield store

    @property
    def searcher(self) -> Searcher:
        """Return what searches go by, made at the first of them: other commands start without."""
        from embeddings.search.searcher import Searcher

        with self._loading:
            self._searcher = self._searcher or Searcher()
            return self._searcher

    def encoder(self, store: CorpusStore) -> Encoder:
        """Return the encoder of the database, loaded once.

        Args:
            store: The session's database, open.

        Raises:
            StoreError: The model of that name is another one now.
            ModelError: It cannot be had any more.
        """
        from topics.answers.encoder import stored_encoder

        if not self._watch:
            return stored_encoder(store)
        noted = store.setting("encoder")
        with self._loading:
            if self._encoder is None or self._encoder[0] != noted:
                encoder = stored_encoder(store)
                # The first use reads the weights, which two threads at once would do twice.
                encoder.encode(["a"], "query")
                self._encoder = noted, encoder
            return self._encoder[1]

    def keep(self, question: Hashable, answer: Callable[[], T]) -> T:
        """Return what was answered to a question in this state of the database.

        Threads that ask the same at once wait for one answer; where it fails, each asks itself.

        Args:
            question: All that the answer hangs on but the database.
            answer: Finds the answer where there is none yet; it must not be changed afterwards.
        """
        if not self._watch:
            return answer()
        # Commands ask once, and start without it.
        from concurrent.futures import CancelledError, Future

        while True:
            with self._lock:
                # Looked at before the answer is, which may be of a later state, never an earlier.
                state = self._watch.state()
                if state != self._state:
                    self._answers.clear()
                    self._state = state
                found = self._answers.get(question)
                kept = found or Future[Any]()
                self._answers[question] = kept
                self._answers.move_to_end(question)
                if len(self._answers) > _MOST_ANSWERS:
                    self._answers.popitem(last=False)
            if found is None:
                return self._answer(question, kept, answer)
            with suppress(CancelledError):
                given: T = found.result()
                return given

    def _answer(self, question: Hashable, kept: Future[Any], answer: Callable[[], T]) -> T:
        try:
            given = answer()
        except BaseException:
            # It may be of this thread alone, such as an interrupt.
            with self._lock:
                if self._answers.get(question) is kept:
                    del self._answers[question]
            kept.cancel()
            raise
        kept.set_result(given)
        return given


def open(path: Database = "topicwire.db") -> Session:  # noqa: A001
    """Open a database for many questions.

    Args:
        path: The database.

    Raises:
        StoreError: There is no such database, or it is none of Topicwire's.
    """
    from embeddings.corpus.store import CorpusStore

    with CorpusStore.open(Path(path)):
        return Session(path)


def session_of(db: Database) -> Session:
    """Return the session a function was handed, or one for this question alone."""
    return db if isinstance(db, Session) else Session(db, keeps=False)
