"""The results as tidy frames: the tables that lie beside the report."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from experiments.comparison.flows import CAUSES, DECIDED, PLACE
from experiments.comparison.result import Comparison, VariantResult, yearly
from experiments.comparison.statistics import TAILS, Band, Estimate, Spread

_CUTS = (TAILS[0], 0.5, TAILS[1])


def headline(comparison: Comparison) -> pd.DataFrame:
    """One row for each variant and figure.

    Returns
    -------
    DataFrame
        ``variant, figure, unit, median, low, high, mean, wins, ties, losses,
        probability, probability_low, probability_high, share_parameters,
        share_low, share_high``; blank where there is no figure.
    """
    rows = []
    for one in comparison.variants:
        estimates = (
            ("jobs_here", "jobs", one.jobs_here),
            ("jobs_here_decided", "jobs", one.decided_here),
            ("jobs_here_followed", "jobs", one.followed_here),
            ("firms_here", "firms", one.firms_here),
            ("jobs_region", "jobs", one.jobs_region),
            ("jobs_region_followed", "jobs", one.followed_region),
            ("public_cost", "EUR", one.spent),
        )
        bands = (
            ("displaced_share", "share", one.displaced),
            ("displaced_share_followed", "share", one.displaced_followers),
            ("cost_per_job_here", "EUR/job", one.euro_per_job_here),
            ("cost_per_job_region", "EUR/job", one.euro_per_job_region),
        )
        for figure, unit, estimated in estimates:
            row = _band_row(estimated.band) | _sure_row(estimated)
            rows.append({"variant": one.name, "figure": figure, "unit": unit} | row)
        for figure, unit, found in bands:
            known = {} if found is None else _band_row(found)
            rows.append({"variant": one.name, "figure": figure, "unit": unit} | known)
    return pd.DataFrame(rows)


def _band_row(found: Band) -> dict[str, float | None]:
    return {
        "median": found.median, "low": found.low, "high": found.high,
        "mean": found.mean,
    }  # fmt: skip


def _sure_row(found: Estimate) -> dict[str, float | None]:
    chance, spread = found.chance, found.spread
    return {
        "wins": chance.wins, "ties": chance.ties, "losses": chance.losses,
        "probability": chance.probability, "probability_low": chance.low,
        "probability_high": chance.high, **_spread_row(spread),
    }  # fmt: skip


def _spread_row(spread: Spread) -> dict[str, float | None]:
    return {
        "share_parameters": spread.share, "share_low": spread.low,
        "share_high": spread.high,
    }  # fmt: skip


def by_zone(comparison: Comparison) -> pd.DataFrame:
    """Levels and paired differences of each zone in the last month."""
    frames = []
    for one in comparison.variants:
        for indicator, paths in (("jobs", one.jobs), ("firms", one.firms)):
            difference = paths.difference[:, -1]
            low, median, high = np.quantile(difference, _CUTS, 0)
            frames.append(
                pd.DataFrame(
                    {
                        "variant": one.name,
                        "zone": one.zone_names(),
                        "indicator": indicator,
                        "reference_mean": paths.reference[:, -1].mean(0),
                        "variant_mean": paths.variant[:, -1].mean(0),
                        "difference_mean": difference.mean(0),
                        "difference_median": median,
                        "difference_low": low,
                        "difference_high": high,
                        "pairs_above": (difference > 0).sum(0),
                        "pairs_equal": (difference == 0).sum(0),
                        "pairs_below": (difference < 0).sum(0),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def flow_frame(one: VariantResult) -> pd.DataFrame:
    """Jobs by cause at the end of the last year; means add up to the difference."""
    rows = []
    for scope, flows in ((one.focus, one.flows), ("region", one.regional)):
        for index, name in enumerate(flows.causes):
            cause, zone = (name, "") if index < len(CAUSES) else (PLACE, name)
            for kind in range(2):
                gain = flows.gain[:, -1, index, kind]
                loss = flows.loss[:, -1, index, kind]
                if not (gain.any() or loss.any()):
                    continue
                low, high = np.quantile(gain + loss, TAILS)
                rows.append(
                    {
                        "variant": one.name, "scope": scope, "cause": cause,
                        "zone": zone, "decided": kind == DECIDED,
                        "gain": gain.mean(), "loss": loss.mean(),
                        "net": (gain + loss).mean(), "net_low": low, "net_high": high,
                    }
                )  # fmt: skip
    return pd.DataFrame(rows, columns=_FLOW_COLUMNS)


_FLOW_COLUMNS = [
    "variant", "scope", "cause", "zone", "decided", "gain", "loss", "net",
    "net_low", "net_high",
]  # fmt: skip


def flows(comparison: Comparison) -> pd.DataFrame:
    """Jobs by cause of all variants."""
    frames = [flow_frame(one) for one in comparison.variants]
    full = [frame for frame in frames if len(frame)]
    if not full:
        return pd.DataFrame(columns=_FLOW_COLUMNS)
    return pd.concat(full, ignore_index=True)


def over_time(comparison: Comparison) -> pd.DataFrame:
    """Paired differences of zones at the end of each year, and money spent."""
    frames = []
    for one in comparison.variants:
        at = yearly(one)
        for indicator, paths in (("jobs", one.jobs), ("firms", one.firms)):
            difference = paths.difference[:, at]
            low, median, high = np.quantile(difference, _CUTS, 0)
            months, zones = len(at), len(one.zone_names())
            frames.append(
                pd.DataFrame(
                    {
                        "variant": one.name,
                        "month": np.repeat(one.years, zones),
                        "zone": np.tile(one.zone_names(), months),
                        "indicator": indicator,
                        "reference_mean": paths.reference[:, at].mean(0).ravel(),
                        "variant_mean": paths.variant[:, at].mean(0).ravel(),
                        "difference_mean": difference.mean(0).ravel(),
                        "difference_median": median.ravel(),
                        "difference_low": low.ravel(),
                        "difference_high": high.ravel(),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)


def write_tables(comparison: Comparison, folder: Path) -> tuple[Path, ...]:
    """Write all frames as CSV; return the files.

    Parameters
    ----------
    comparison : Comparison
    folder : Path
        Made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, frame in (
        ("headline", headline(comparison)),
        ("by_zone", by_zone(comparison)),
        ("flows", flows(comparison)),
        ("over_time", over_time(comparison)),
    ):
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
        written.append(path)
    return tuple(written)
