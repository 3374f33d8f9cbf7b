"""Variants against a reference: from tables of paired runs to figures with bands."""

from experiments.comparison.compare import (
    FOCUS,
    compare_store,
    compare_tables,
    read_tables,
)
from experiments.comparison.flows import Flows, account, match_firms
from experiments.comparison.frames import write_tables
from experiments.comparison.knowledge import without_knowledge
from experiments.comparison.people import People
from experiments.comparison.result import Comparison, VariantResult
from experiments.comparison.statistics import (
    Band,
    Chance,
    Estimate,
    Spread,
    band,
    chance,
    displaced_share,
    estimate,
    money_per,
    spread,
)
from experiments.comparison.switches import Switches, indirect_switches, touched_cells
from experiments.comparison.tables import Pairs, Paths, Tables, pairs_of

__all__ = [
    "FOCUS",
    "Band",
    "Chance",
    "Comparison",
    "Estimate",
    "Flows",
    "Pairs",
    "Paths",
    "People",
    "Spread",
    "Switches",
    "Tables",
    "VariantResult",
    "account",
    "band",
    "chance",
    "compare_store",
    "compare_tables",
    "displaced_share",
    "estimate",
    "indirect_switches",
    "match_firms",
    "money_per",
    "pairs_of",
    "read_tables",
    "spread",
    "touched_cells",
    "without_knowledge",
    "write_tables",
]
