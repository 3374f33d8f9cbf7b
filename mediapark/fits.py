"""Calibration and validation in Python; the command line says the same."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from mediapark.calibrating import FOLDER, Asked, fit_in, settings_of
from mediapark.posteriors import load_posterior
from mediapark.validating import SHIPPED, VALIDATION, Effort, validation_of
from model.errors import Fault, InputError

if TYPE_CHECKING:
    from calibration.fitting import Fitted
    from calibration.laboratory import Progress
    from calibration.validation.page import Validation

Named = str | os.PathLike[str]


def calibrate(
    *,
    priors: Named | None = None,
    quick: bool = False,
    reduced: bool = False,
    out: Named = FOLDER,
    workers: int | None = None,
) -> Fitted:
    """Fit the free parameters to the published targets.

    Parameters
    ----------
    priors : str or path, optional
        File of priors; the shipped ones, of a synthetic survey, if not given.
    quick, reduced : bool
        Less of everything.
    out : str or path
        Working folder; what it holds already is not computed again. The posterior is
        its folder ``posterior``.
    workers : int, optional
        Number of processes; one for each core if not given.

    Returns
    -------
    Fitted
        Its ``folder`` is what ``posterior=`` of runs and comparisons takes.

    Raises
    ------
    InputError
        If pyABC is not installed, or priors or folder cannot be used.
    KeyboardInterrupt
        If it was stopped; finished trials stay in the folder.
    """
    file = None if priors is None else Path(priors)
    asked = Asked(priors=file, quick=quick, reduced=reduced, workers=workers)
    places = (Path(out), Path(out) / "posterior")
    return fit_in(settings_of(asked), asked, places, _silent)


def validate(
    posterior: Named = SHIPPED,
    *,
    runs: int = 40,
    pairs: int = 10,
    scale: float = 1.0,
    out: Named = VALIDATION,
    workers: int | None = None,
) -> Validation:
    """Hold a posterior against every target, those that it has not seen among them.

    Parameters
    ----------
    posterior : str or path
    runs, pairs : int
        Predictive runs, and pairs of the virtual experiment.
    scale : float
        Share of the population and of floor space, 0-1.
    out : str or path
        Folder of trials; what it holds already is not computed again.
    workers : int, optional
        Number of processes; one for each core if not given.

    Returns
    -------
    Validation
        ``verdicts``, ``marginals``, ``misses`` and ``table()``.

    Raises
    ------
    InputError
        If there is no such posterior.
    """
    found = load_posterior(posterior)
    if found is None:
        raise InputError([Fault("is no posterior", "posterior")])
    effort = Effort(Path(out), runs, pairs, scale, workers)
    return validation_of(found, effort, _silent)


def _silent(_: Progress) -> None:
    return None
