"""What a firm finds around a cell: stops within reach, and a place to like.

Transit access is a sum over metro, tram and rail of a weight times
``exp(-km / 0.5)``: nearness pays within some 500 m of a stop and little beyond.

Quality is an assumption. Perception, the image of a place, is one of four groups of
reasons that Brussels media firms give for their location, but no weights are
published. Here it is the mean of three numbers between 0 and 1: nearness of a park
(e-folding 0.5 km), well-to-do neighbours (income between 15,000 and 45,000 EUR a
tax return) and nearness of the Grand-Place (e-folding 3 km).

References
----------
.. [1] Debrezion, Pels & Rietveld (2007): the impact of railway stations on property
   value, for the reach of a stop. Weights of the modes are assumed.
.. [2] Komorowski & Fodor (2020): the economic drivers of media clusters.
"""

from __future__ import annotations

import numpy as np

from model.geography.ground import Ground
from model.geography.reading import Floats

STOP_WEIGHTS = (1.0, 0.5, 0.7)
STOP_REACH_KM = 0.5
PARK_REACH_KM = 0.5
CENTRE_REACH_KM = 3.0
CENTRE_KM = (148.855, 170.7)
INCOMES = (15_000.0, 45_000.0)


def transit_score(stop_km: Floats) -> Floats:
    """Nearness of stops, before it is standardised.

    Parameters
    ----------
    stop_km : float64[3, n], km
        Straight distance to the nearest metro, tram and rail stop.

    Returns
    -------
    float64[n]
        From 0 to the sum of the weights.
    """
    score: Floats = np.array(STOP_WEIGHTS) @ np.exp(-stop_km / STOP_REACH_KM)
    return score


def quality(ground: Ground) -> Floats:
    """Image and amenity of each cell, 0-1."""
    low, high = INCOMES
    park = np.exp(-ground.park_km / PARK_REACH_KM)
    income = np.clip((ground.income - low) / (high - low), 0.0, 1.0)
    away_km = np.hypot(ground.x_km - CENTRE_KM[0], ground.y_km - CENTRE_KM[1])
    mean: Floats = (park + income + np.exp(-away_km / CENTRE_REACH_KM)) / 3
    return mean
