"""Who owns which outlet, and what else it is called, as a TOML file of the user's says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from embeddings.corpus.outlets import fold_outlet as _fold
from embeddings.errors import InputError
from embeddings.toml import parse_toml, read_toml

# The setting that holds owners by outlet.
OWNERS = "owners"
_ALIAS = '[aliases] and, below it, "AJE" = "Al Jazeera"'
_EXAMPLE = '[owners] and, below it, "Global Lantern" = "Lantern Media"'


@dataclass(frozen=True, slots=True)
class Owners:
    """The owner of each outlet that the file names.

    Attributes:
        by_outlet: Outlet as the file writes it -> owner.
        aliases: Other name of an outlet -> the outlet, which is no such name itself.
    """

    by_outlet: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    _folded: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Make outlets found whatever their case or name, and owners one whatever theirs."""
        usual: dict[str, str] = {}
        for owner in sorted(self.by_outlet.values()):
            usual.setdefault(_fold(owner), owner)
        folded = {_fold(name): usual[_fold(owner)] for name, owner in self.by_outlet.items()}
        for alias, outlet in self.aliases.items():
            if _fold(alias) in folded:
                folded.setdefault(_fold(outlet), folded[_fold(alias)])
        for alias, outlet in self.aliases.items():
            folded[_fold(alias)] = folded.get(_fold(outlet), outlet)
        object.__setattr__(self, "_folded", MappingProxyType(folded))

    def of(self, outlet: str) -> str:
        """Return the owner of an outlet; where none is known the outlet, by its own name."""
        return self._folded.get(_fold(outlet), outlet)

    def strangers(self, outlets: Iterable[str]) -> tuple[str, ...]:
        """Return the outlets that the file names and that are not among these, sorted."""
        here = {_fold(outlet) for outlet in outlets}
        here |= {_fold(alias) for alias, outlet in self.aliases.items() if _fold(outlet) in here}
        return tuple(sorted(name for name in self.by_outlet if _fold(name) not in here))


def read_owners(path: Path) -> Owners:
    """Read a file of owners.

    A table ``[owners]`` with ``"outlet" = "owner"``, tables ``[[owner]]`` with ``name`` and a
    list ``outlets``, and a table ``[aliases]`` with ``"other name" = "outlet"``; any of them.

    Raises:
        InputError: The file cannot be read or is not such a file; the message says where.
    """
    return parse_owners(read_toml(path), str(path))


def parse_owners(text: str, path: str = "owners.toml") -> Owners:
    """Parse the text of a file of owners; ``path`` is what the errors call it.

    Raises:
        InputError: Broken TOML, no owner or alias, an unknown key, a value of the wrong kind,
            an outlet under two owners, or names that stand for each other.
    """
    content = parse_toml(text, path)
    unknown = sorted(set(content) - {"owners", "owner", "aliases"})
    if unknown:
        raise InputError(f'{path} has "{unknown[0]}" at the top; write {_EXAMPLE}.')
    owners = build_owners(content, path)
    if not owners.by_outlet and not owners.aliases:
        raise InputError(f"{path} holds no owner; write {_EXAMPLE}.")
    return owners


def build_owners(content: Mapping[str, Any], path: str) -> Owners:
    """Check the tables of such a file, and return what they say; as ``parse_owners``."""
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
    aliases = _read_aliases(content, path)
    for outlet, owner in by_outlet.items():
        own = aliases.get(outlet, outlet)
        other = by_outlet.get(names.get(_fold(own), own), owner)
        if _fold(other) != _fold(owner):
            raise InputError(
                f'{path} puts "{own}" and its other name "{outlet}" under two owners, "{other}" '
                f'and "{owner}"; keep one.'
            )
    return Owners(MappingProxyType(by_outlet), MappingProxyType(aliases))


def _read_aliases(content: Mapping[str, Any], path: str) -> dict[str, str]:
    """Return the outlet that each other name stands for, also by way of other names."""
    table = content.get("aliases", {})
    if not isinstance(table, dict):
        raise InputError(f"{path} has aliases that are no table; write {_ALIAS}.")
    given: dict[str, tuple[str, str]] = {}
    for alias, outlet in table.items():
        if not isinstance(outlet, str) or not outlet.strip() or not alias.strip():
            raise InputError(
                f'{path} says of "{alias}" no outlet that it stands for; write {_ALIAS}.'
            )
        if given.setdefault(_fold(alias), (alias, outlet))[1] != outlet:
            raise InputError(
                f'{path} says of "{alias}" that it is "{given[_fold(alias)][1]}" and "{outlet}"; '
                "keep one."
            )
    return {alias: _follow(alias, given, path) for alias, _ in given.values()}


def _follow(alias: str, given: Mapping[str, tuple[str, str]], path: str) -> str:
    """Return what a name stands for in the end."""
    met, outlet = [alias], given[_fold(alias)][1]
    # A name of one spelling may stand for another spelling of itself.
    while _fold(outlet) in given and _fold(outlet) != _fold(met[-1]):
        if _fold(outlet) in map(_fold, met):
            circle = " and ".join(f'"{name}"' for name in met)
            raise InputError(
                f"{path} makes {circle} other names of each other; keep one of them as the outlet."
            )
        met.append(outlet)
        outlet = given[_fold(outlet)][1]
    return outlet


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
