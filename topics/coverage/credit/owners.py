"""Who owns which outlet, as a TOML file of the user's says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from embeddings.errors import InputError
from embeddings.toml import parse_toml, read_toml

_EXAMPLE = '[owners] and, below it, "Global Lantern" = "Lantern Media"'


@dataclass(frozen=True, slots=True)
class Owners:
    """The owner of each outlet that the file names.

    Attributes:
        by_outlet: Outlet as the file writes it -> owner.
    """

    by_outlet: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    _folded: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make outlets found whatever their case, and owners one whatever theirs."""
        usual: dict[str, str] = {}
        for owner in sorted(self.by_outlet.values()):
            usual.setdefault(_fold(owner), owner)
        folded = {_fold(name): usual[_fold(owner)] for name, owner in self.by_outlet.items()}
        object.__setattr__(self, "_folded", MappingProxyType(folded))

    def of(self, outlet: str) -> str:
        """Return the owner of an outlet; itself where none is known."""
        return self._folded.get(_fold(outlet), outlet)

    def strangers(self, outlets: Iterable[str]) -> tuple[str, ...]:
        """Return the outlets that the file names and that are not among these, sorted."""
        known = {_fold(outlet) for outlet in outlets}
        return tuple(sorted(name for name in self.by_outlet if _fold(name) not in known))


def read_owners(path: Path) -> Owners:
    """Read a file of owners.

    A table ``[owners]`` with ``"outlet" = "owner"``, and tables ``[[owner]]`` with ``name``
    and a list ``outlets``; either or both.

    Raises:
        InputError: The file cannot be read or is not such a file; the message says where.
    """
    return parse_owners(read_toml(path), str(path))


def parse_owners(text: str, path: str = "owners.toml") -> Owners:
    """Parse the text of a file of owners; ``path`` is what the errors call it.

    Raises:
        InputError: Broken TOML, no owner, an unknown key, a value of the wrong kind, or an
            outlet under two owners.
    """
    content = parse_toml(text, path)
    unknown = sorted(set(content) - {"owners", "owner"})
    if unknown:
        raise InputError(f'{path} has "{unknown[0]}" at the top; write {_EXAMPLE}.')
    by_outlet: dict[str, str] = {}
    names: dict[str, str] = {}
    for outlet, owner in _pairs(content, path):
        if not outlet.strip() or not owner.strip():
            raise InputError(f"{path} has an empty name of an outlet or owner; fill it in.")
        first = names.setdefault(_fold(outlet), outlet)
        earlier = by_outlet.setdefault(first, owner)
        if _fold(earlier) != _fold(owner):
            raise InputError(
                f'{path} puts "{outlet}" under two owners, "{earlier}" and "{owner}"; keep one.'
            )
    if not by_outlet:
        raise InputError(f"{path} holds no owner; write {_EXAMPLE}.")
    return Owners(MappingProxyType(by_outlet))


def _pairs(content: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Yield outlet and owner in the order of the file."""
    table = content.get("owners", {})
    if not isinstance(table, dict):
        raise InputError(f"{path} has owners that are no table; write {_EXAMPLE}.")
    for outlet, owner in table.items():
        if not isinstance(owner, str):
            raise InputError(
                f'{path} gives "{outlet}" an owner that is no text; write '
                f'"{outlet}" = "name of the owner".'
            )
        yield outlet, owner
    lists = content.get("owner", [])
    if not isinstance(lists, list):
        raise InputError(f"{path} has one [owner]; write [[owner]], with two brackets.")
    for number, entry in enumerate(lists, 1):
        yield from _read_entry(entry, f"{path}, owner {number}")


def _read_entry(entry: object, where: str) -> Iterator[tuple[str, str]]:
    wanted = 'name = "Lantern Media" and outlets = ["Global Lantern", "Daily Lantern"]'
    if not isinstance(entry, dict):
        raise InputError(f"{where} is no table; write [[owner]] and, below it, {wanted}.")
    unknown = sorted(set(entry) - {"name", "outlets"})
    if unknown:
        raise InputError(f'{where} has the key "{unknown[0]}"; only {wanted} are known.')
    name, outlets = entry.get("name"), entry.get("outlets")
    if not isinstance(name, str) or not isinstance(outlets, list):
        raise InputError(f"{where} lacks a name or a list of outlets; write {wanted}.")
    for outlet in outlets:
        if not isinstance(outlet, str):
            raise InputError(f"{where} lists an outlet that is no text; write {wanted}.")
        yield outlet, name


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
