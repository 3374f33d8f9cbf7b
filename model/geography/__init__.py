"""The region: cells, zones, places, floor space, rents and minutes."""

from model.geography.loading import load_region, transit_access
from model.geography.region import Place, Region, Zone
from model.geography.travel import (
    Network,
    access_minutes,
    minutes_between,
    minutes_matrix,
    network_of,
)
from model.geography.travel import Parameters as Travel

__all__ = [
    "Network",
    "Place",
    "Region",
    "Travel",
    "Zone",
    "access_minutes",
    "load_region",
    "minutes_between",
    "minutes_matrix",
    "network_of",
    "transit_access",
]
