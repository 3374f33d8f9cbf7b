"""A mapping that nobody can change, and that pickles and hashes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

V = TypeVar("V")


class FrozenMap(Mapping[str, V]):
    """Keys and values, fixed when made.

    Parameters
    ----------
    items : mapping or iterable of (str, value)
        Contents, in the order that iteration keeps.
    """

    __slots__ = ("_items",)
    _items: dict[str, V]

    def __init__(self, items: Mapping[str, V] | Iterable[tuple[str, V]] = ()) -> None:
        object.__setattr__(self, "_items", dict(items))

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse."""
        raise AttributeError("a FrozenMap cannot be changed")

    def __delattr__(self, name: str) -> None:
        """Refuse."""
        raise AttributeError("a FrozenMap cannot be changed")

    def __getitem__(self, key: str) -> V:
        """Value of a key."""
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        """Keys in order."""
        return iter(self._items)

    def __len__(self) -> int:
        """Number of keys."""
        return len(self._items)

    def __hash__(self) -> int:
        """Hash of the contents, whatever their order."""
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        """The call that makes it."""
        return f"FrozenMap({self._items!r})"

    def __reduce__(self) -> tuple[type[FrozenMap[V]], tuple[dict[str, V]]]:
        """The call that makes it, for pickle."""
        return type(self), (self._items,)
