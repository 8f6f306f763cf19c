"""Changing topics and answering pairs from the pages; there only with ``--edit``."""

from __future__ import annotations

import hmac
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from embeddings.errors import InputError
from topics.answers import calibrate, edit
from topics.answers.topics import topics as list_topics
from topics.coverage.examples.judgements import KINDS
from topics.views.pairs import view_pair
from topics.web.desk import Served
from topics.web.guarding import MOST_FORM
from topics.web.listing import Name

# Pairs that are asked on one page.
ASKED = 5

ROUTER = APIRouter(include_in_schema=False)


class Form:
    """The fields of a form that was posted, each as it was typed."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        self._fields = fields

    def text(self, name: str) -> str:
        """Return a field, ``""`` where there is none."""
        return (self._fields.get(name) or [""])[0]

    def texts(self, name: str) -> list[str]:
        """Return a field that may be there several times."""
        return self._fields.get(name, [])

    def number(self, name: str) -> int:
        """Return a field that holds a whole number.

        Raises:
            InputError: It holds none.
        """
        given = self.text(name).strip()
        if not given.isascii() or not given.isdecimal() or len(given) > 18:
            raise InputError(f"The field {name} holds {given[:40]!r}; type a whole number.")
        return int(given)


async def read_form(request: Request) -> Form:
    """Read a form of this server, which may not be long.

    Raises:
        HTTPException: It is too long, no form, or not one that this server wrote.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise HTTPException(
            415, "A form of this page is sent as application/x-www-form-urlencoded."
        )
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_FORM:
            raise HTTPException(413, f"The form is longer than {MOST_FORM:,} bytes.")
    try:
        text = body.decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=200, errors="strict")
    except ValueError:
        raise HTTPException(400, "The form cannot be read.") from None
    form = Form(fields)
    if not hmac.compare_digest(form.text("token").encode(), request.app.state.desk.token.encode()):
        raise HTTPException(
            403, "This form is not of this server, or of before it was started; load the page."
        )
    return form


Posted = Annotated[Form, Depends(read_form)]


@ROUTER.post("/edit/rename")
def _rename(form: Posted, desk: Served) -> Response:
    report = edit.rename(form.text("topic"), form.text("name"), db=desk.db)
    return _lead(f"/topics/{form.number('topic')}", edit=report.edit)


@ROUTER.post("/edit/merge")
def _merge(form: Posted, desk: Served) -> Response:
    report = edit.merge([one for one in form.texts("topic") if one], db=desk.db)
    return _lead("/edits", edit=report.edit)


@ROUTER.post("/edit/split")
def _split(form: Posted, desk: Served) -> Response:
    into = form.number("into") if form.text("into").strip() else 0
    report = edit.split(form.text("topic"), into, db=desk.db)
    return _lead("/edits", edit=report.edit)


@ROUTER.post("/edit/pin")
def _pin(form: Posted, desk: Served) -> Response:
    passage = form.number("passage")
    report = edit.pin(passage, form.text("topic"), db=desk.db)
    return _lead(f"/passages/{passage}", edit=report.edit)


@ROUTER.post("/edit/exclude")
def _exclude(form: Posted, desk: Served) -> Response:
    passage = form.number("passage")
    report = edit.exclude(passage, form.text("topic"), db=desk.db)
    return _lead(f"/passages/{passage}", edit=report.edit)


@ROUTER.post("/edit/undo")
def _undo(form: Posted, desk: Served) -> Response:
    report = edit.undo(form.number("edit"), db=desk.db)
    return _lead("/edits", undone=report.edit)


@ROUTER.get("/edits")
def _edits(request: Request, desk: Served) -> Response:
    return desk.page(
        request,
        "edits.html",
        edits=edit.list_edits(desk.db)[::-1],
        topics=list_topics(desk.db),
    )


@ROUTER.post("/answer")
def _answer(form: Posted, desk: Served) -> Response:
    kind, said = form.text("kind"), form.text("same")
    if said not in ("yes", "no", "forget"):
        raise InputError(f"The answer is {said[:40]!r}; answer yes, no or forget.")
    same = {"yes": True, "no": False}.get(said)
    calibrate.judge(kind, form.text("a"), form.text("b"), same, db=desk.db)
    return _lead("/pairs", kind=calibrate.check_kind(kind))


@ROUTER.post("/answer/apply")
def _apply(form: Posted, desk: Served) -> Response:
    kind = form.text("kind")
    found = calibrate.calibrate(kind, db=desk.db)
    return _lead("/pairs", kind=kind, threshold=f"{found.after.threshold:.2f}")


@ROUTER.get("/pairs")
def _pairs(
    request: Request, desk: Served, kind: Name = "near_copy", threshold: Name = ""
) -> Response:
    checked = calibrate.check_kind(kind)
    found = desk.find_pairs(checked)
    asked = calibrate.questions(kind, count=ASKED, db=desk.db, pairs=found) if found else []
    return desk.page(
        request,
        "pairs.html",
        kind=kind,
        kinds=KINDS,
        waiting=found is None,
        pairs=[view_pair(one) for one in asked],
        answers=[one for one in calibrate.list_answers(desk.db) if one.kind == kind],
        threshold=threshold if threshold.replace(".", "", 1).isdecimal() else "",
    )


def _lead(path: str, **told: object) -> Response:
    """Lead on to the page that shows what was done."""
    return RedirectResponse(f"{path}?{urlencode(told)}", 303)
