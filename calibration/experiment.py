"""The virtual experiment: a broadcaster of 2,000 jobs where no media are.

Two runs share every draw; in one an anchor comes to Anderlecht in January 2019, as the
BBC came to Salford in 2011 [1]_, and seven years later the two are compared. What the
anchor itself employs is left out of every figure.

References
----------
.. [1] Effects of the BBC's move, synthetic control (IZA discussion paper 17337).
"""

from __future__ import annotations

import math
from typing import Final

import pandas as pd

from model.outcome import Outcome
from model.scenario import Scenario, read_scenario
from model.simulation import MediaparkModel, release, vocabulary

SCENARIO: Final = "reference"
ARRIVAL: Final = "2019-01"
UNTIL: Final = "2025-12"
WHERE: Final = "anderlecht"
JOBS: Final = 2000
MEASURED: Final = (
    "anchor_per_job", "anchor_region", "anchor_displaced", "anchor_followers",
    "anchor_new_firms",
)  # fmt: skip
_MONTHS = 84
_LEAST = 0.02  # of the anchor's jobs: the kinds of fewer followers say nothing


def scenarios() -> tuple[Scenario, Scenario]:
    """Without the anchor and with it."""
    plain = read_scenario(SCENARIO, vocabulary())
    setting = f"levers.newcomer.at={ARRIVAL}"
    arrival = read_scenario(
        SCENARIO, vocabulary(), overrides=["anchor-arrival"], settings=[setting]
    )
    return plain.with_until(UNTIL), arrival.with_until(UNTIL)


def anchor_effects(
    pair: tuple[Scenario, Scenario], replicate: int, grid: str, scale: float
) -> dict[str, float]:
    """What an anchor brings, by the names of :data:`MEASURED`.

    Parameters
    ----------
    pair : (Scenario, Scenario)
        Without the anchor and with it.
    replicate : int
    grid : str
    scale : float

    Returns
    -------
    dict of str to float
        Further jobs in the zone and in the region per job of the anchor; share of all
        new jobs in the zone that other zones lost; follower jobs in firms from
        outside; share of follower jobs in firms born since.
    """
    without, with_it = (_firms(one, replicate, grid, scale) for one in pair)
    jobs = JOBS * scale

    def more(mine: str) -> float:
        return float((with_it["jobs"] * with_it[mine]).sum()
                     - (without["jobs"] * without[mine]).sum())  # fmt: skip

    here, region = more("here"), more("all")
    told = here >= _LEAST * jobs
    return {
        "anchor_per_job": here / jobs,
        "anchor_region": region / jobs,
        "anchor_displaced": (here - region) / (jobs + here),
        "anchor_followers": more("arrived") / scale,
        "anchor_new_firms": more("born") / here if told else math.nan,
    }


def _firms(scenario: Scenario, replicate: int, grid: str, scale: float) -> pd.DataFrame:
    """Firms of the last month but the newcomer, and what each counts for."""
    model = MediaparkModel(scenario, replicate, grid=grid, scale=scale)
    try:
        outcome: Outcome = model.run_model()
    finally:
        release(model)
    table = outcome.firms
    rows = table[(table["month"] == UNTIL) & (table["name"] != "Newcomer")]
    here = rows["zone"] == WHERE
    since = rows["age_months"] < _MONTHS
    outside = rows["origin"] == "arrival"
    return rows.assign(
        all=True, here=here, arrived=here & since & outside,
        born=here & since & ~outside,
    )  # fmt: skip
