"""Disjoint sets of numbers, joined two by two."""

from __future__ import annotations


class Unions:
    """Numbers, each in a set of its own until sets are joined.

    A set is known by its least member, so that it does not matter in which order it was put
    together. Union-find with path halving (Tarjan and van Leeuwen, 1984).
    """

    def __init__(self, count: int) -> None:
        """Begin with the numbers below ``count``, each alone."""
        self._parent = list(range(count))

    def find(self, number: int) -> int:
        """Return the least member of the set that a number is in."""
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(self, a: int, b: int) -> tuple[int, int]:
        """Make the sets of two numbers one; returns their least members, the lesser first."""
        low, high = sorted((self.find(a), self.find(b)))
        self._parent[high] = low
        return low, high
