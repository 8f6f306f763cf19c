"""Templates, and the one way in which text gets into a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from embeddings.text.printing import plain, safe
from topics.answers.counting import count, percent
from topics.answers.story_words import tell_still
from topics.views.dates import shorten_time, spell_range

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"


def render(template: str, **views: Any) -> str:
    """Return a page, everything of articles in it escaped and without control characters."""
    return _open_environment().get_template(template).render(**views)


@cache
def _open_environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "plain": plain,
        "number": lambda value: f"{value:,}",
        "count": count,
        "percent": percent,
        "day": shorten_time,
        "still": tell_still,
        "web": web_address,
        "own_address": own_address,
        "file_name": lambda path: PurePath(path.replace("\\", "/")).name,
    }
    # ``web``: whether a page of the server is written, which has others to link to.
    environment.globals |= {"days": spell_range, "web": False}
    return environment


def _finalize(value: Any) -> Any:
    # Text, and what views/marks.py and views/charts.py have marked up.
    return type(value)(safe(value)) if isinstance(value, str) else value


def web_address(url: str) -> str:
    """Return an address that may be linked: of the web, and of no other scheme."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def own_address(one: Any) -> str:
    """Return where the server shows a passage or an article that is cited."""
    passage_id = getattr(one, "passage_id", None)
    if passage_id is not None:
        return f"/passages/{passage_id}"
    return f"/article?id={quote(one.document_id, safe='')}"
