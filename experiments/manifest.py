"""``manifest.json``: what a folder of results is, and what made it."""

from __future__ import annotations

import json
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from experiments.files import cannot, write_text
from experiments.keys import SCHEME
from model.errors import Fault, StoreError

NAME: Final = "manifest.json"
FORMAT: Final = "mediapark-results/1"
_PACKAGES = ("mediapark", "mesa", "numpy", "numba", "pandas", "pyarrow")

Manifest = dict[str, Any]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder of results.

    Raises
    ------
    StoreError
        If the folder is not one, cannot be read, or has another format or scheme.
    """
    path = folder / NAME
    if not folder.is_dir():
        problem = "is not a folder of results: there is no such folder"
        raise StoreError([Fault(problem, str(folder))])
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problem = f"is not a folder of results: it has no {NAME}"
        raise StoreError([Fault(problem, str(folder))]) from None
    except OSError as error:
        raise cannot("be read", path, error) from None
    except ValueError:
        raise StoreError([Fault("is damaged: not JSON", str(path))]) from None
    if not isinstance(found, dict) or "format" not in found:
        raise StoreError([Fault("is not the manifest of results", str(path))])
    for key, wanted in (("format", FORMAT), ("scheme", SCHEME)):
        if found.get(key) != wanted:
            raise StoreError(
                [
                    Fault(
                        "the folder holds results of another kind",
                        str(path), key=key, value=found.get(key),
                        allowed=f"{wanted}, or another folder with --out",
                    )
                ]
            )  # fmt: skip
    return found


def new_manifest(design: str) -> Manifest:
    """The manifest of a new folder.

    Parameters
    ----------
    design : str
        What the folder is for; empty: any runs.
    """
    return {
        "format": FORMAT,
        "scheme": SCHEME,
        "design": design,
        "versions": versions(),
        "scenarios": {},
        "grids": {},
        "sessions": [],
    }


def write_manifest(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Replace the manifest of a folder."""
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    write_text(folder / NAME, text)


def versions() -> dict[str, str]:
    """Python and the packages that results may depend on."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def commit() -> str:
    """Commit of the sources, if they stand in a repository of their own."""
    root = Path(str(files("model"))).parent
    if not (root / ".git").exists():
        return ""
    try:
        done = subprocess.run(
            ["git", "-C", str(root), "rev-parse", "HEAD"],
            capture_output=True, text=True, check=False, timeout=5,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):  # No git here: nothing is lost.
        return ""
    return done.stdout.strip()
