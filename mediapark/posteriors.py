"""Posteriors by name: those that are shipped, and folders of one's own."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from model.errors import Fault, InputError, nearest

if TYPE_CHECKING:
    from experiments.posterior import Posterior

_MARK = "manifest.json"


def shipped_posteriors() -> dict[str, Path]:
    """Folders of the posteriors that come with the model, by name."""
    home = Path(str(resources.files("calibration"))) / "posteriors"
    return {path.parent.name: path.parent for path in sorted(home.glob(f"*/{_MARK}"))}


def load_posterior(name_or_path: str | os.PathLike[str] | None) -> Posterior | None:
    """The posterior of a name or a folder; None where nothing is asked for.

    Raises
    ------
    InputError
        If there is none, or it cannot be used.
    """
    if name_or_path is None:
        return None
    from experiments.posterior import read_posterior  # It takes time to load.

    place, shipped = os.fspath(name_or_path), shipped_posteriors()
    folder = shipped.get(place, Path(place))
    if not (folder / _MARK).is_file():
        known = ", ".join(shipped) or "none is shipped"
        raise InputError(
            [
                Fault(
                    "is no posterior", "--posterior", value=place,
                    allowed=f"a folder with draws.csv and {_MARK}, or one of: {known}",
                    nearest=nearest(place, [*shipped]),
                )
            ]
        )  # fmt: skip
    return read_posterior(folder, place)
