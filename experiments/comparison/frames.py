"""The results as tidy frames: the tables that lie beside the report."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

from experiments.comparison.flows import CAUSES, DECIDED, PLACE
from experiments.comparison.people import PAIRS, SPANS, Span, unit_of
from experiments.comparison.result import Comparison, VariantResult, yearly
from experiments.comparison.statistics import TAILS, Band, Estimate, Spread, estimate
from model.processes.state import SUBSECTORS

_CUTS = (TAILS[0], 0.5, TAILS[1])


def headline(comparison: Comparison) -> pd.DataFrame:
    """One row for each variant and figure, with knowledge and without.

    Returns
    -------
    DataFrame
        ``variant, knowledge, figure, unit, median, low, high, mean, wins, ties, losses,
        probability, probability_low, probability_high, share_parameters, share_low,
        share_high``; blank where there is no figure. Knowledge is ``with`` or
        ``without`` an effect on growth, or the paired ``difference`` of both.
    """
    rows = []
    for one in comparison.variants:
        rows += _headline_rows(one, one.name, "with")
        if one.no_knowledge is not None:
            rows += _headline_rows(one.no_knowledge, one.name, "without")
        for name, unit, figure in ESTIMATES:
            found = one.through_knowledge(figure)
            if found is not None:
                rows.append(
                    {
                        "variant": one.name, "knowledge": "difference",
                        "figure": name, "unit": unit, **_estimate_row(found),
                    }
                )  # fmt: skip
    return pd.DataFrame(rows)


ESTIMATES: tuple[tuple[str, str, Callable[[VariantResult], Estimate]], ...] = (
    ("jobs_here", "jobs", lambda one: one.jobs_here),
    ("jobs_here_decided", "jobs", lambda one: one.decided_here),
    ("jobs_here_followed", "jobs", lambda one: one.followed_here),
    ("firms_here", "firms", lambda one: one.firms_here),
    ("jobs_region", "jobs", lambda one: one.jobs_region),
    ("jobs_region_followed", "jobs", lambda one: one.followed_region),
    ("public_cost", "EUR", lambda one: one.spent),
)


def _headline_rows(
    one: VariantResult, name: str, knowledge: str
) -> list[dict[str, object]]:
    bands = (
        ("displaced_share", "share", one.displaced),
        ("displaced_share_followed", "share", one.displaced_followers),
        ("cost_per_job_here", "EUR/job", one.euro_per_job_here),
        ("cost_per_job_region", "EUR/job", one.euro_per_job_region),
    )
    common = {"variant": name, "knowledge": knowledge}
    rows: list[dict[str, object]] = [
        {**common, "figure": key, "unit": unit, **_estimate_row(figure(one))}
        for key, unit, figure in ESTIMATES
    ]
    for key, unit, found in bands:
        known = {} if found is None else _band_row(found)
        rows.append({**common, "figure": key, "unit": unit, **known})
    return rows


def _estimate_row(found: Estimate) -> dict[str, object]:
    return {**_band_row(found.band), **_sure_row(found)}


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


def people(comparison: Comparison) -> pd.DataFrame:
    """Figures of people by zone: levels, and paired differences over both spans."""
    rows = []
    for one in comparison.variants:
        for figure, span, zone in product(
            one.people.figures, SPANS, range(len(one.zone_names()))
        ):
            paths = one.people.figures[figure]
            sides = [
                one.people.over(side[..., zone], span)
                for side in (paths.reference, paths.variant)
            ]
            if np.isnan(sides[0]).any():
                continue  # It is told of the Region only.
            found = one.of_people(figure, span, one.zone_names()[zone])
            rows.append(
                {
                    "variant": one.name, "figure": figure, "unit": unit_of(figure),
                    "zone": one.zone_names()[zone], "span": _span(one, span),
                    "reference_mean": sides[0].mean(), "variant_mean": sides[1].mean(),
                    **_difference_row(found),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def encounters(comparison: Comparison) -> pd.DataFrame:
    """Talks a year at meetings by subsectors, and their paired differences."""
    rows = []
    for one in comparison.variants:
        talks = one.people.encounters
        for span, (pair, (first, second)), across in product(
            SPANS, enumerate(PAIRS), (False, True)
        ):
            sides = [
                one.people.over(side[..., pair, int(across)], span)
                for side in (talks.reference, talks.variant)
            ]
            found = estimate(sides[1] - sides[0], one.pairs.draw)
            rows.append(
                {
                    "variant": one.name, "subsector": SUBSECTORS[first],
                    "other": SUBSECTORS[second], "across_employers": across,
                    "span": _span(one, span), "unit": "talks/year",
                    "reference_mean": sides[0].mean(), "variant_mean": sides[1].mean(),
                    **_difference_row(found),
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _span(one: VariantResult, span: Span) -> str:
    """First and last year of a span."""
    years = one.people.years
    return f"{years[one.people.since] if span == 'since' else years[-1]}-{years[-1]}"


def _difference_row(found: Estimate) -> dict[str, float | int]:
    return {
        "difference_mean": found.band.mean, "difference_median": found.band.median,
        "difference_low": found.band.low, "difference_high": found.band.high,
        "pairs_above": found.chance.wins, "pairs_equal": found.chance.ties,
        "pairs_below": found.chance.losses,
    }  # fmt: skip


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
        ("people", people(comparison)),
        ("encounters", encounters(comparison)),
    ):
        path = folder / f"{name}.csv"
        frame.to_csv(path, index=False, float_format="%.6g", lineterminator="\n")
        written.append(path)
    return tuple(written)
