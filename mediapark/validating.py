"""``mediapark validate`` and ``mediapark recover``: is the fit to be trusted?"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from mediapark.calibrating import belief_of, watching
from mediapark.console import STOPPED, Out, counting
from mediapark.engines import engine
from mediapark.headline import plain
from mediapark.posteriors import load_posterior
from model.errors import Fault, InputError

if TYPE_CHECKING:
    from calibration.recovery import Recovery
    from calibration.validation.page import Validation
    from experiments.posterior import Posterior

SHIPPED = "shipped"
VALIDATION = Path("results/validation")
RECOVERY = Path("results/recovery")
TABLE = "recovery.csv"


@dataclass(frozen=True)
class Effort:
    """How much is run, and where it is kept.

    Attributes
    ----------
    folder : Path
    runs : int
        Predictive runs, or regions.
    pairs : int
        Pairs of the virtual experiment.
    scale : float
    workers : int or None
    """

    folder: Path
    runs: int
    pairs: int = 0
    scale: float = 1.0
    workers: int | None = None


def validate_all(out: Out, name: str, effort: Effort, lang: str = "en") -> None:
    """Run, compare with every target, and write the page."""
    from calibration.validation.page import write_validation

    posterior = load_posterior(name)
    if posterior is None:
        raise InputError([Fault("is no posterior", "--posterior")])
    with counting(out, "Validation") as show:
        try:
            found = validation_of(posterior, effort, watching(show))
        except KeyboardInterrupt:
            raise _stopped(out, effort.folder) from None
    page = write_validation(found, effort.folder, lang)
    _tell_validation(out, found, page)


def validation_of(posterior: Posterior, effort: Effort, watch: Any) -> Validation:
    """What runs at draws of a posterior say of every target."""
    from calibration.abc_smc import Sampled
    from calibration.belief import Belief
    from calibration.identified import marginals
    from calibration.laboratory import Laboratory
    from calibration.ledger import opened
    from calibration.priors import Prior
    from calibration.targets import shipped_targets
    from calibration.trial import Ground
    from calibration.validation.page import Validation
    from calibration.validation.predictive import UNTIL, Drawn, predict

    priors = [
        Prior(**{key: one[key] for key in Prior.__dataclass_fields__})
        for one in posterior.facts["priors"]
    ]
    drawn = Drawn(posterior.names, posterior.points, posterior.weights)
    targets = shipped_targets()
    ground = Ground(until=UNTIL, scale=effort.scale)
    with opened(effort.folder) as ledger, engine(effort.workers) as (executor, at_once):
        laboratory = Laboratory(ledger, executor, at_once, watch)
        how = (ground, effort.runs, effort.pairs)
        verdicts = predict(drawn, targets, laboratory, how)
    sampled = Sampled(posterior.points, posterior.weights, ())
    words = ["mediapark", "validate", "--posterior", posterior.place]
    words += ["--runs", str(effort.runs), "--pairs", str(effort.pairs)]
    return Validation(
        posterior.name, posterior.facts, verdicts,
        marginals(Belief(tuple(priors)), sampled), targets, effort.runs, effort.pairs,
        shlex.join(words),
    )  # fmt: skip


def _tell_validation(out: Out, found: Validation, page: Path) -> None:
    from calibration.validation.predictive import met_share

    uses = ("fitted", "held out", "checked")
    shares = {use: met_share(found.verdicts, use) for use in uses}
    out.value(
        {
            "posterior": found.posterior,
            "synthetic": found.synthetic,
            "met": {use: list(share) for use, share in shares.items()},
            "targets": [plain(row) for row in found.table().to_dict("records")],
            "parameters": [vars(one) for one in found.marginals],
            "page": str(page),
        }
    )
    if found.synthetic:
        out.line("SYNTHETIC: priors rest on a synthetic survey, drawn and not held.")
    for use, (met, count) in shares.items():
        out.line(f"{use}: {met} of {count} targets are met")
    heads = ("missed", "use", ">published", ">model", ">off, standard errors")
    rows = [
        (f"{v.target.id} {v.target.what}", v.target.use, f"{v.target.value:.4g}",
         f"{v.median:.4g}", f"{v.off:+.1f}")
        for v in found.misses
    ]  # fmt: skip
    out.table("", heads, rows)
    weak = [one.parameter for one in found.marginals if not one.identified]
    if weak:
        out.line(f"Not identified by the targets: {', '.join(weak)}")
    out.last(f"Page: {page}")


def recover_all(out: Out, sampled: bool, effort: Effort) -> None:
    """Simulate regions, fit each, and say how often intervals hold the truth."""
    with counting(out, "Recovery") as show:
        try:
            found = recovery_of(sampled, effort, watching(show))
        except KeyboardInterrupt:
            raise _stopped(out, effort.folder) from None
    table = found.table()
    path = effort.folder / TABLE
    table.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
    ground = found.settings.ground
    out.value(
        {
            "regions": len(found.regions),
            "by": "ABC-SMC" if sampled else "emulators",
            "scale": ground.scale,
            "until": ground.until,
            "parameters": [plain(row) for row in table.to_dict("records")],
            "table": str(path),
        }
    )
    heads = ("80 % intervals", ">hold the truth", ">width to the prior's")
    rows = [
        (row["parameter"], f"{row['coverage']:.0%}", f"{row['width_to_prior']:.2f}")
        for row in table.to_dict("records")
    ]
    by = "ABC-SMC" if sampled else "emulators"
    title = f"{len(found.regions)} regions, scale {ground.scale:g}, by {by}"
    out.table(title, heads, rows)
    out.last(f"Table: {path}")


def recovery_of(sampled: bool, effort: Effort, watch: Any) -> Recovery:
    """Fit simulated regions."""
    from calibration.laboratory import Laboratory
    from calibration.ledger import opened
    from calibration.recovery import QUICKLY, recover
    from calibration.targets import shipped_targets

    if sampled:
        from calibration.abc_parts import refuse_without_pyabc

        refuse_without_pyabc()
    priors = [p for p in belief_of(None).priors if p.distribution != "uniform"]
    with opened(effort.folder) as ledger, engine(effort.workers) as (executor, at_once):
        laboratory = Laboratory(ledger, executor, at_once, watch)
        how = (QUICKLY, effort.runs, effort.folder if sampled else None)
        return recover(shipped_targets().fitted, priors, laboratory, how)


def _stopped(out: Out, folder: Path) -> typer.Exit:
    out.value({"stopped": True, "folder": str(folder)})
    out.note(
        f"Stopped: finished trials are kept in {folder}. "
        "The same command goes on from there."
    )
    return typer.Exit(STOPPED)
