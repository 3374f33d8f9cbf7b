"""``mediapark calibrate``: from priors and targets to a posterior."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mediapark.console import STOPPED, Count, Out, counting, time_in_words
from mediapark.engines import engine
from model.errors import Fault, InputError

if TYPE_CHECKING:
    from calibration.belief import Belief
    from calibration.fitting import Fitted, Settings
    from calibration.laboratory import Progress

FOLDER = Path("results/calibration")
PRIORS = "priors.csv"


@dataclass(frozen=True)
class Asked:
    """What is to be fitted, as it was typed.

    Attributes
    ----------
    out : Path or None
        Working folder; one that is there is gone on with.
    posterior_out : Path or None
        Folder of the posterior; ``posterior`` in the working folder if None.
    priors : Path or None
        File of priors; the shipped one if None.
    quick, reduced : bool
        Less of everything.
    emulated : bool
        Whether emulators give the posterior, instead of ABC-SMC.
    workers : int or None
    dask : str or None
    """

    out: Path | None = None
    posterior_out: Path | None = None
    priors: Path | None = None
    quick: bool = False
    reduced: bool = False
    emulated: bool = False
    workers: int | None = None
    dask: str | None = None


def calibrate_all(out: Out, asked: Asked) -> None:
    """Fit, and say what is known now and where the posterior lies."""
    settings, folder = settings_of(asked), asked.out or FOLDER
    target = asked.posterior_out or folder / "posterior"
    try:
        with counting(out, "Calibration") as show:
            fitted = fit_in(settings, asked, (folder, target), watching(show))
    except KeyboardInterrupt:
        out.value({"stopped": True, "folder": str(folder)})
        out.note(
            f"Stopped: finished trials are kept in {folder}. "
            "The same command goes on from there."
        )
        raise typer.Exit(STOPPED) from None
    _tell(out, fitted)


def settings_of(asked: Asked) -> Settings:
    """How much is to be spent.

    Raises
    ------
    InputError
        If it is to be quick and reduced at once.
    """
    from calibration.fitting import FULL, QUICK, REDUCED

    if asked.quick and asked.reduced:
        fault = Fault("cannot be said at once", "--quick, --reduced")
        raise InputError([fault])
    found = QUICK if asked.quick else REDUCED if asked.reduced else FULL
    return replace(found, emulated=asked.emulated)


def belief_of(path: Path | None) -> Belief:
    """Priors of a file; the shipped ones if none is given, else the declared ranges."""
    from importlib import resources

    from calibration.belief import Belief
    from calibration.priors import read_priors

    if path is not None:
        return Belief.of(read_priors(path))
    shipped = Path(str(resources.files("calibration") / PRIORS))
    return Belief.of(read_priors(shipped) if shipped.is_file() else None)


def fit_in(
    settings: Settings, asked: Asked, places: tuple[Path, Path],
    watch: Callable[[Progress], None],
) -> Fitted:  # fmt: skip
    """Fit in a folder, with whatever computes."""
    from calibration.abc_parts import refuse_without_pyabc
    from calibration.fitting import fit
    from calibration.laboratory import Laboratory
    from calibration.ledger import opened
    from calibration.targets import shipped_targets

    if not settings.emulated:
        refuse_without_pyabc()
    belief = belief_of(asked.priors)
    with (
        opened(places[0]) as ledger,
        engine(asked.workers, asked.dask) as (executor, at_once),
    ):
        laboratory = Laboratory(ledger, executor, at_once, watch)
        return fit(belief, shipped_targets(), settings, laboratory, places)


def watching(show: Callable[[Count], None]) -> Callable[[Progress], None]:
    """Turn the progress of a fit into a line."""

    def watch(state: Progress) -> None:
        parts = [state.stage, f"{state.trials} trials"]
        if state.acceptance is not None and state.epsilon is not None:
            parts.append(f"accepted {state.acceptance:.0%}")
            parts.append(f"epsilon {state.epsilon:.3g}")
        parts.append(f"after {time_in_words(state.seconds)}")
        show(Count(state.done, state.total, None, ", ".join(parts)))

    return watch


def _tell(out: Out, fitted: Fitted) -> None:
    from calibration.identified import marginals

    rows = marginals(fitted.matched.problem.belief, fitted.sampled)
    sampled = fitted.sampled
    out.value(
        {
            "posterior": str(fitted.folder),
            "synthetic": fitted.matched.problem.belief.synthetic,
            "effective draws": sampled.effective,
            "generations": list(sampled.generations),
            "parameters": [vars(row) for row in rows],
        }
    )
    if fitted.matched.problem.belief.synthetic:
        out.line("SYNTHETIC: priors rest on a synthetic survey, drawn and not held.")
    heads = ("", ">prior 80 %", ">median", ">posterior 80 %", ">narrower by")
    shown = [
        (row.parameter, f"{row.prior_low:.3g} to {row.prior_high:.3g}",
         f"{row.median:.3g}", f"{row.low:.3g} to {row.high:.3g}",
         f"{row.contraction:.0%}")
        for row in rows
    ]  # fmt: skip
    out.table("Parameters", heads, shown)
    out.line(f"{len(sampled.points)} draws, worth {sampled.effective:.0f}")
    out.last(f"Posterior: {fitted.folder}")
