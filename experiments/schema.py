"""Tables of a folder of results: every column with its type, unit and meaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pyarrow as pa

TEXT = pa.dictionary(pa.int32(), pa.string())
LONG_TEXT = pa.string()
_F = pa.float64()
_I = pa.int32()
_U = pa.uint64()


class Column(NamedTuple):
    """One column of a table."""

    name: str
    type: pa.DataType
    unit: str
    means: str


RUN = Column("run", TEXT, "-", "key of the run")
_MONTH = Column("month", TEXT, "YYYY-MM", "end of which month")

TABLES: Mapping[str, tuple[Column, ...]] = {
    "runs": (
        RUN,
        Column("scenario", TEXT, "-", "name that it was asked for under"),
        Column("replicate", _U, "-", "replicate key of its random numbers"),
        Column("draw", _I, "-", "draw of its uncertain parameters; -1: none"),
        Column("status", TEXT, "-", "`done` or `failed`"),
        Column("grid", TEXT, "-", "name of the grid"),
        Column("scale", _F, "share", "part of the population that is simulated"),
        Column("start", TEXT, "YYYY-MM", "first month"),
        Column("until", TEXT, "YYYY-MM", "last month"),
        Column("months", _I, "months", "length"),
        Column("fingerprint", TEXT, "-", "SHA-256 of the scenario's contents"),
        Column("region", TEXT, "-", "SHA-256 of the region's tables"),
        Column("programme", TEXT, "-", "file in `scenarios/` with dates and levers"),
        Column("model", TEXT, "-", "SHA-256 of the model's sources and data"),
    ),
    "parameters": (
        RUN,
        Column("parameter", TEXT, "-", "dotted name"),
        Column("value", _F, "the parameter's", "where it is not the default"),
    ),
    "indicators": (
        RUN,
        _MONTH,
        Column("zone", TEXT, "-", "zone; `region`: all of them"),
        Column("subsector", TEXT, "-", "subsector; `all`: all of them"),
        Column("indicator", TEXT, "-", "name"),
        Column("value", _F, "the indicator's", "value"),
    ),
    "moves": (
        RUN,
        Column("month", TEXT, "YYYY-MM", "when"),
        Column("kind", TEXT, "-", "move, departure, arrival, birth, closure, stuck"),
        Column("reason", TEXT, "-", "what made the firm look for another site"),
        Column("firm", _U, "-", "address of the firm"),
        Column("name", TEXT, "-", "name, where it has one"),
        Column("subsector", TEXT, "-", "subsector"),
        Column("jobs", _I, "jobs", "jobs that it takes along"),
        Column("m2", _F, "m2", "floor space"),
        Column("from_cell", _I, "-", "cell it leaves; -1: outside"),
        Column("to_cell", _I, "-", "cell it goes to; -1: outside"),
        Column("from_zone", TEXT, "-", "zone it leaves"),
        Column("to_zone", TEXT, "-", "zone it goes to"),
        Column("km", _F, "km", "distance; NaN across the Region's border"),
    ),
    "firms": (
        RUN,
        _MONTH,
        Column("firm", _U, "-", "address of the firm"),
        Column("name", TEXT, "-", "name, where it has one"),
        Column("subsector", TEXT, "-", "subsector"),
        Column("language", TEXT, "-", "working language"),
        Column("jobs", _I, "jobs", "jobs"),
        Column("age_months", _I, "months", "age"),
        Column("m2", _F, "m2", "floor space"),
        Column("rent", _F, "EUR/m2/year", "rent of its lease"),
        Column("value_per_job", _F, "EUR/year", "value added of each job"),
        Column("cell", _I, "-", "cell"),
        Column("zone", TEXT, "-", "zone"),
        Column("origin", TEXT, "-", "where it came from"),
        Column("anchor", pa.bool_(), "-", "whether it is an anchor"),
    ),
    "cells": (
        RUN,
        _MONTH,
        Column("cell", _I, "-", "cell"),
        Column("jobs", _I, "jobs", "jobs at media firms"),
        Column("firms", _I, "firms", "media firms"),
        Column("stock_m2", _F, "m2", "office floor"),
        Column("vacant_m2", _F, "m2", "vacant part of it"),
        Column("rent", _F, "EUR/m2/year", "asking rent"),
    ),
    "meetings": (
        RUN,
        Column("month", TEXT, "YYYY-MM", "when"),
        Column("community", _U, "-", "address of the community"),
        Column("name", TEXT, "-", "name, where it is a known one"),
        Column("topic", TEXT, "-", "subsector that it is about"),
        Column("cell", _I, "-", "cell where it meets"),
        Column("zone", TEXT, "-", "zone where it meets"),
        Column("paid_room", pa.bool_(), "-", "whether policy pays the room"),
        Column("members", _I, "persons", "members"),
        Column("present", _I, "persons", "who came"),
        Column("talks", _I, "talks", "talks"),
        Column("known_talks", _I, "talks", "of these, between acquaintances"),
        Column("across_talks", _I, "talks", "of these, across employers"),
        Column("new_ties", _I, "ties", "ties that came of it"),
    ),
    "communities": (
        RUN,
        Column("month", TEXT, "YYYY-MM", "when"),
        Column("kind", TEXT, "-", "founded, founder lost, closed"),
        Column("community", _U, "-", "address of the community"),
        Column("name", TEXT, "-", "name, where it is a known one"),
        Column("topic", TEXT, "-", "subsector that it is about"),
        Column("cell", _I, "-", "cell where it meets"),
        Column("zone", TEXT, "-", "zone where it meets"),
        Column("age_months", _I, "months", "age"),
        Column("members", _I, "persons", "members"),
    ),
    "encounters": (
        RUN,
        Column("year", TEXT, "YYYY", "year"),
        Column("subsector", TEXT, "-", "subsector of the one"),
        Column("other", TEXT, "-", "subsector of the other"),
        Column("across_employers", pa.bool_(), "-", "whether they share no employer"),
        Column("talks", _F, "talks", "talks at meetings in the year"),
    ),
    "events": (
        RUN,
        Column("month", TEXT, "YYYY-MM", "when"),
        Column("lever", TEXT, "-", "lever or policy"),
        Column("what", TEXT, "-", "what it did"),
        Column("cost_eur", _F, "EUR", "what it cost"),
        Column("region_share", _F, "share", "part of it that the Region bears"),
    ),
    "failures": (
        RUN,
        Column("scenario", TEXT, "-", "name that it was asked for under"),
        Column("replicate", _U, "-", "replicate key"),
        Column("error", LONG_TEXT, "-", "kind of error and its message"),
        Column("traceback", LONG_TEXT, "-", "where it happened"),
        Column("parameters", LONG_TEXT, "JSON", "parameters that are not the default"),
        Column("command", LONG_TEXT, "-", "what to type to run it again"),
    ),
    "timings": (
        RUN,
        Column("seconds", _F, "s", "time that it took"),
        Column("worker", _I, "-", "process that computed it"),
    ),
}
OUTCOME = (
    "indicators",
    "moves",
    "firms",
    "cells",
    "meetings",
    "communities",
    "encounters",
    "events",
)
UNREPEATABLE = ("timings",)


def schema_of(name: str) -> pa.Schema:
    """Arrow schema of a table."""
    return pa.schema([(column.name, column.type) for column in TABLES[name]])
