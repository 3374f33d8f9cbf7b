"""Summaries of the base state: what data give, whatever the free parameters."""

from __future__ import annotations

import math

import numpy as np

from calibration.summaries.declared import Seen, summary

LARGEST = 17


@summary("jobs")
def employees(seen: Seen) -> float:
    """Employees of all media firms."""
    return float(seen.base["jobs"].sum() / seen.model.state.scale)


@summary("persons")
def self_employed(seen: Seen) -> float:
    """Freelancers."""
    return float(seen.model.state.base.freelancers / seen.model.state.scale)


@summary("persons")
def workers(seen: Seen) -> float:
    """Employees and freelancers."""
    return employees(seen) + self_employed(seen)


@summary("EUR/year")
def value_added(seen: Seen) -> float:
    """Value added of all media firms."""
    return float(seen.base["value"].sum() / seen.model.state.scale)


def _value_share(seen: Seen, subsector: str) -> float:
    value = seen.base["value"]
    mine = value[seen.base["subsector"] == subsector].sum()
    # As published, of the four trades: schools and other support stand apart.
    trades = value[seen.base["subsector"] != "training"].sum()
    return float(mine / trades)


@summary("share")
def audiovisual_value(seen: Seen) -> float:
    """Share of audiovisual in value added."""
    return _value_share(seen, "audiovisual")


@summary("share")
def advertising_value(seen: Seen) -> float:
    """Share of advertising in value added."""
    return _value_share(seen, "advertising")


@summary("share")
def press_value(seen: Seen) -> float:
    """Share of press in value added."""
    return _value_share(seen, "press")


@summary("share")
def digital_value(seen: Seen) -> float:
    """Share of digital media in value added."""
    return _value_share(seen, "digital")


@summary("jobs")
def audiovisual_jobs(seen: Seen) -> float:
    """Employees of audiovisual firms."""
    mine = seen.base["subsector"] == "audiovisual"
    return float(seen.base["jobs"][mine].sum() / seen.model.state.scale)


@summary("firms")
def audiovisual_firms(seen: Seen) -> float:
    """Audiovisual firms."""
    mine = seen.base["subsector"] == "audiovisual"
    return float(mine.sum() / seen.model.state.scale)


@summary("share")
def largest_value(seen: Seen) -> float:
    """Share of value added at the seventeen firms that make most of it."""
    value = np.sort(seen.base["value"].to_numpy())[::-1]
    return float(value[:LARGEST].sum() / value.sum())


@summary("share")
def vrt_value(seen: Seen) -> float:
    """Share of VRT in value added."""
    value = seen.base["value"]
    return float(value[seen.base["name"] == "vrt"].sum() / value.sum())


@summary("share")
def schaerbeek_value(seen: Seen) -> float:
    """Share of value added made in Schaerbeek."""
    region = seen.model.region
    names = [commune.id for commune in region.communes]
    if "commune-schaerbeek" not in names:
        return math.nan
    there = names.index("commune-schaerbeek")
    here = region.commune[seen.base["cell"].to_numpy()] == there
    value = seen.base["value"].to_numpy()
    return float(value[here].sum() / value.sum())


@summary("share")
def small_firms(seen: Seen) -> float:
    """Share of firms with fewer than ten jobs."""
    return float((seen.base["jobs"] < 10).mean())


@summary("jobs")
def reyers_jobs(seen: Seen) -> float:
    """Jobs of media firms in the zone of Reyers."""
    here = seen.base["zone"] == "reyers"
    return float(seen.base["jobs"][here].sum() / seen.model.state.scale)


@summary("firms")
def reyers_firms(seen: Seen) -> float:
    """Media firms in the zone of Reyers."""
    here = seen.base["zone"] == "reyers"
    return float(here.sum() / seen.model.state.scale)


@summary("share")
def reyers_share(seen: Seen) -> float:
    """Jobs at Reyers, to all workers: as 5,000 of 16,169 were published."""
    return reyers_jobs(seen) / workers(seen)


@summary("m2")
def office_stock(seen: Seen) -> float:
    """Office floor on the market."""
    return float(seen.model.region.stock_m2.sum())


def _vacancy(seen: Seen, cbd: bool | None) -> float:
    region = seen.model.region
    mine = np.ones(len(region), bool) if cbd is None else region.cbd == cbd
    if not region.stock_m2[mine].sum():
        return math.nan
    return float(1 - region.background_m2[mine].sum() / region.stock_m2[mine].sum())


@summary("share")
def vacancy_base(seen: Seen) -> float:
    """Office vacancy of the base state."""
    return _vacancy(seen, None)


@summary("share")
def vacancy_cbd(seen: Seen) -> float:
    """The same in the central business districts."""
    return _vacancy(seen, True)


@summary("share")
def vacancy_outside(seen: Seen) -> float:
    """The same elsewhere."""
    return _vacancy(seen, False)


def _rent_to_leopold(seen: Seen, district: str) -> float:
    """Mean rent of a district to that of the European quarter, base level."""
    region = seen.model.region
    names = [one.id for one in region.districts]
    if not {district, "LEOPOLD"} <= set(names):
        return math.nan
    rent = [
        float(np.average(region.rent[here], weights=region.stock_m2[here]))
        for here in (region.district == names.index(one)
                     for one in (district, "LEOPOLD"))
    ]  # fmt: skip
    return rent[0] / rent[1]


@summary("ratio")
def rent_centre(seen: Seen) -> float:
    """Rent in the Centre, to the European quarter."""
    return _rent_to_leopold(seen, "CENTRE")


@summary("ratio")
def rent_louise(seen: Seen) -> float:
    """Rent in Louise, to the European quarter."""
    return _rent_to_leopold(seen, "LOUISE")


@summary("ratio")
def rent_north(seen: Seen) -> float:
    """Rent in the North district, to the European quarter."""
    return _rent_to_leopold(seen, "NORTH")


@summary("ratio")
def rent_decentralised(seen: Seen) -> float:
    """Rent in the decentralised district, to the European quarter."""
    return _rent_to_leopold(seen, "DECENTRAL")
