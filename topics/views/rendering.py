"""Templates, and the one way in which text gets into a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embeddings.text.printing import plain, safe
from topics.answers.counting import count, percent
from topics.views.dates import spell_range, spell_time

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
        "day": spell_time,
        "web": web_address,
    }
    environment.globals["days"] = spell_range
    return environment


def _finalize(value: Any) -> Any:
    # Text, and what views/marks.py and views/charts.py have marked up.
    return type(value)(safe(value)) if isinstance(value, str) else value


def web_address(url: str) -> str:
    """Return an address that may be linked: of the web, and of no other scheme."""
    return url if url.lower().startswith(("http://", "https://")) else ""
