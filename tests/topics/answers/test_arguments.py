"""Records taken apart into arguments."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Annotated, get_args

import pytest

from topics.answers.arguments import spread


@dataclass(frozen=True)
class Asked:
    """A record with a field that is asked for, and one that is not."""

    since: str = "2013"
    own: int = 0

    def __post_init__(self) -> None:
        if self.since == "never":
            raise ValueError(self.since)


@spread("asked", Asked, {"since": Annotated[str, "a date"]})
def tell(first: int, *, asked: Asked, last: Annotated[int, "a number"] = 3) -> object:
    """Tell what was given."""
    return first, asked, last


def test_the_fields_that_are_asked_for_stand_in_place_of_the_record():
    parameters = inspect.signature(tell).parameters
    assert list(parameters) == ["first", "since", "last"]
    assert parameters["since"].default == "2013"
    assert get_args(parameters["since"].annotation) == (str, "a date")
    assert get_args(parameters["last"].annotation) == (int, "a number")
    assert tell.__doc__ == "Tell what was given."


def test_the_function_is_given_the_record():
    assert tell(1) == (1, Asked(), 3)
    assert tell(1, since="2014", last=2) == (1, Asked("2014"), 2)


def test_the_record_checks_what_it_is_given():
    with pytest.raises(ValueError, match="never"):
        tell(1, since="never")


def test_a_field_that_is_not_asked_for_is_no_argument():
    with pytest.raises(TypeError, match="own"):
        tell(1, own=2)
