"""Every comparison twice: with, and without, an effect of knowledge on growth.

What knowledge does to a firm's growth is weakly identified. So each replicate of each
scenario is run once more with that effect at zero and all else, every draw included,
the same: what then differs between both comparisons goes through knowledge alone.
"""

from __future__ import annotations

from typing import Final

from experiments.draws import Variant

NO_KNOWLEDGE: Final = "+no-knowledge"
EFFECT: Final = "growth.knowledge_effect"


def without_knowledge(variant: Variant) -> Variant:
    """The same scenario in which knowledge has no effect on growth."""
    return Variant(
        variant.scenario.with_parameters({EFFECT: 0.0}, source="no knowledge"),
        (*variant.arguments, "--set", f"{EFFECT}=0"),
        variant.name + NO_KNOWLEDGE,
    )
