"""Words inside runs of scripts that are written without spaces, found by BudouX's small models."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from embeddings.text.scripts import compile_unspaced_run

if TYPE_CHECKING:
    from budoux.parser import Parser

_KANA = re.compile("[\u3041-\u30ff]")
_THAI = re.compile("[\u0e01-\u0e4e]")
_HAN = "[\u3400-\u9fff]"  # compiled at its first use, which takes 4 ms
# Case particles and endings of verbs, which close a Japanese phrase.
_HIRAGANA_END = re.compile("[\u3041-\u309f]+$")


def segment_run(run: str, *, japanese: bool = False) -> list[str]:
    """Split a run of characters without spaces into its words.

    Japanese is split into phrases, and of each what particles and endings leave: nothing of
    a phrase in hiragana alone. Lao, Khmer and Burmese, of which there is no model, stay whole.

    Args:
        run: What ``compile_unspaced_run`` matches.
        japanese: Whether Chinese characters alone are Japanese.
    """
    if japanese or _KANA.search(run):
        phrases = _load("ja").parse(run)
        return [word for one in phrases if (word := _HIRAGANA_END.sub("", one))]
    if _THAI.match(run):
        return _load("th").parse(run)
    if re.match(_HAN, run):
        return _choose_chinese(run).parse(run)
    return [run]


def space_words(text: str, *, japanese: bool = False) -> str:
    """Put spaces between the words of scripts without spaces; other text stays as it is."""
    return compile_unspaced_run().sub(
        lambda run: f" {' '.join(segment_run(run[0], japanese=japanese))} ", text
    )


def _choose_chinese(run: str) -> Parser:
    """Return the model of simplified or of traditional characters, whichever knows more."""
    models = _load("zh-hans"), _load("zh-hant")
    return max(models, key=lambda one: sum(letter in one.model["UW4"] for letter in run))


@cache
def _load(name: str) -> Parser:
    from importlib.resources import files

    from budoux.parser import Parser

    model = files("budoux").joinpath("models", f"{name}.json").read_text(encoding="utf-8")
    return Parser(json.loads(model))
