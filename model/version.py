"""Which model it is: a digest of its sources and data."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

_SKIPPED = ("__pycache__", ".md")


@cache
def model_version() -> str:
    """SHA-256 of the sources and data of the package ``model``.

    The number of the release says less: it stays the same while the sources change.
    """
    digest = hashlib.sha256()
    for name, file in sorted(_files(resources.files("model"), "")):
        content = file.read_bytes()
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(folder: Traversable, path: str) -> list[tuple[str, Traversable]]:
    """Files of a folder and of those in it, without caches and notes."""
    found: list[tuple[str, Traversable]] = []
    for item in folder.iterdir():
        if item.name.startswith(".") or item.name.endswith(_SKIPPED):
            continue
        name = f"{path}/{item.name}"
        found += _files(item, name) if item.is_dir() else [(name, item)]
    return found
