"""Minutes from door to door between any two cells.

One takes what is quickest:

- on foot, ``walk_pace d``;
- by own vehicle, a bicycle or a car in town traffic, ``own_overhead + own_pace d``;
- by public transport, ``a_m(o) + board_mk + (pace_m + pace_k)/2 d + a_k(d)``,
  boarding at a stop of mode m and alighting at one of mode k, with m, k metro, tram
  or rail. ``board_mm`` is the wait for m; for two modes it is both waits and a
  transfer.

d is the straight distance in km, a_m(c) the minutes on foot to the nearest stop of
mode m, and each pace holds the detour of streets or lines. Buses are left out, and a
line is assumed wherever there are two stops: the own vehicle bounds the first error,
waits and slow averages the second. Within a cell, d is the mean distance between two
points of a square, 0.521 of its side.

References
----------
.. [1] STIB-MIVB activity reports: commercial speeds of metro and tram.
.. [2] Boscoe, Henry & Zdeb (2012): detour of roads over straight lines, 1.4 in the US
   and less in dense cities.
.. [3] Census and surveys of Brussels: people working in the region take some 40
   minutes one way, members of coworking spaces about 20.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from model.geography.reading import Floats
from model.geography.region import Region
from model.parameters import uncertain

METRO, TRAM, RAIL = 0, 1, 2
WITHIN_CELL = 0.521

_WAITS = "planning values from headways of day services"
_SPEEDS = "commercial speeds in STIB-MIVB and SNCB reports"


class Parameters(NamedTuple):
    """What minutes between two cells are made of."""

    walk_speed: Annotated[
        float,
        uncertain(
            5.0,
            unit="km/h",
            hard=(2.0, 8.0),
            plausible=(4.4, 5.5),
            source="usual planning value",
            confidence="M",
            means="speed on foot",
        ),
    ]
    street_detour: Annotated[
        float,
        uncertain(
            1.25,
            unit="-",
            hard=(1.0, 2.0),
            plausible=(1.15, 1.4),
            source="Boscoe et al. 2012, lower in dense cities",
            confidence="M",
            means="distance along streets per straight distance",
        ),
    ]
    line_detour: Annotated[
        float,
        uncertain(
            1.25,
            unit="-",
            hard=(1.0, 2.5),
            plausible=(1.15, 1.5),
            source="assumption",
            confidence="L",
            means="distance along lines per straight distance",
        ),
    ]
    metro_wait: Annotated[
        float,
        uncertain(
            3.0,
            unit="min",
            hard=(0.0, 15.0),
            plausible=(2.0, 5.0),
            source=_WAITS,
            confidence="M",
            means="wait at a metro stop, with the way to the platform",
        ),
    ]
    tram_wait: Annotated[
        float,
        uncertain(
            4.5,
            unit="min",
            hard=(0.0, 20.0),
            plausible=(3.0, 7.0),
            source=_WAITS,
            confidence="M",
            means="wait at a tram stop",
        ),
    ]
    rail_wait: Annotated[
        float,
        uncertain(
            10.0,
            unit="min",
            hard=(0.0, 40.0),
            plausible=(5.0, 15.0),
            source=_WAITS,
            confidence="L",
            means="wait at a railway station, with the way to the platform",
        ),
    ]
    metro_speed: Annotated[
        float,
        uncertain(
            28.0,
            unit="km/h",
            hard=(10.0, 60.0),
            plausible=(25.0, 32.0),
            source=_SPEEDS,
            confidence="M",
            means="speed of the metro with stops",
        ),
    ]
    tram_speed: Annotated[
        float,
        uncertain(
            16.0,
            unit="km/h",
            hard=(6.0, 40.0),
            plausible=(13.0, 19.0),
            source=_SPEEDS,
            confidence="M",
            means="speed of trams with stops",
        ),
    ]
    rail_speed: Annotated[
        float,
        uncertain(
            40.0,
            unit="km/h",
            hard=(15.0, 120.0),
            plausible=(32.0, 55.0),
            source=_SPEEDS,
            confidence="L",
            means="speed of trains within the region with stops",
        ),
    ]
    transfer: Annotated[
        float,
        uncertain(
            5.0,
            unit="min",
            hard=(0.0, 30.0),
            plausible=(2.0, 10.0),
            source="assumption",
            confidence="L",
            means="time lost by a change of mode, besides the second wait",
        ),
    ]
    own_speed: Annotated[
        float,
        uncertain(
            15.0,
            unit="km/h",
            hard=(8.0, 50.0),
            plausible=(12.0, 20.0),
            source="assumption: a bicycle, or a car at rush hour",
            confidence="L",
            means="speed of an own vehicle in town",
        ),
    ]
    own_overhead: Annotated[
        float,
        uncertain(
            9.0,
            unit="min",
            hard=(0.0, 30.0),
            plausible=(3.0, 15.0),
            source="assumption, so that 5 km take some 30 minutes",
            confidence="L",
            means="time to fetch, park and leave an own vehicle",
        ),
    ]


class Network(NamedTuple):
    """Everything that minutes between two cells depend on, ready for kernels.

    Attributes
    ----------
    x_km, y_km : float64[n], km
        Centres of cells.
    access : float64[3, n], min
        Minutes on foot to the nearest metro, tram and rail stop.
    boarding : float64[3, 3], min
        Waits, and the transfer between two modes.
    pace : float64[3, 3], min/km
        In vehicle, by straight distance.
    walk_pace, own_pace : float, min/km
        On foot and by own vehicle, by straight distance.
    own_overhead : float, min
    within_km : float, km
        Distance between two places of one cell.
    """

    x_km: Floats
    y_km: Floats
    access: Floats
    boarding: Floats
    pace: Floats
    walk_pace: float
    own_pace: float
    own_overhead: float
    within_km: float


def access_minutes(region: Region, parameters: Parameters) -> Floats:
    """Minutes on foot to the nearest metro, tram and rail stop.

    Returns
    -------
    float64[3, n], min
        A new array, which a lever may change.
    """
    return region.stop_km * _pace(parameters.walk_speed, parameters.street_detour)


def network_of(
    region: Region, parameters: Parameters, access: Floats | None = None
) -> Network:
    """What kernels need for :func:`minutes_between`.

    Parameters
    ----------
    region : Region
    parameters : Parameters
    access : float64[3, n], min, optional
        Minutes to stops, where levers have changed them.
    """
    waits = np.array(
        [parameters.metro_wait, parameters.tram_wait, parameters.rail_wait]
    )
    speeds = (parameters.metro_speed, parameters.tram_speed, parameters.rail_speed)
    paces = np.array([_pace(speed, parameters.line_detour) for speed in speeds])
    change = waits[:, None] + waits + parameters.transfer
    return Network(
        x_km=region.x_km,
        y_km=region.y_km,
        access=access_minutes(region, parameters) if access is None else access,
        boarding=np.where(np.eye(len(waits), dtype=bool), waits, change),
        pace=(paces[:, None] + paces) / 2,
        walk_pace=_pace(parameters.walk_speed, parameters.street_detour),
        own_pace=_pace(parameters.own_speed, parameters.street_detour),
        own_overhead=parameters.own_overhead,
        within_km=WITHIN_CELL * region.cell_km,
    )


@njit(cache=True)
def minutes_between(origin: int, destination: int, network: Network) -> float:
    """Minutes from door to door between two cells, for kernels."""
    km = np.hypot(
        network.x_km[destination] - network.x_km[origin],
        network.y_km[destination] - network.y_km[origin],
    )
    if origin == destination:
        km = network.within_km
    best = min(network.walk_pace * km, network.own_overhead + network.own_pace * km)
    for m in range(3):
        for k in range(3):
            stops = network.access[m, origin] + network.access[k, destination]
            ride = network.boarding[m, k] + network.pace[m, k] * km
            best = min(best, stops + ride)
    return float(best)


def minutes_matrix(
    region: Region, parameters: Parameters, access: Floats | None = None
) -> NDArray[np.float32]:
    """Minutes from door to door between all cells.

    Parameters
    ----------
    region : Region
    parameters : Parameters
    access : float64[3, n], min, optional
        Minutes to stops, where levers have changed them.

    Returns
    -------
    float32[n, n], min
        Symmetric.
    """
    minutes = np.empty((len(region), len(region)), dtype=np.float32)
    _fill(minutes, network_of(region, parameters, access))
    return minutes


@njit(cache=True)
def _fill(minutes: NDArray[np.float32], network: Network) -> None:
    """As :func:`minutes_between`, a row at a time: six times as fast."""
    n = len(minutes)
    for origin in range(n):
        x, y = network.x_km[origin:], network.y_km[origin:]
        km = np.sqrt((x - x[0]) ** 2 + (y - y[0]) ** 2)
        km[0] = network.within_km
        best = np.minimum(
            network.walk_pace * km, network.own_overhead + network.own_pace * km
        )
        for m in range(3):
            for k in range(3):
                start = network.access[m, origin] + network.boarding[m, k]
                pace, leave = network.pace[m, k], network.access[k, origin:]
                for d in range(n - origin):
                    best[d] = min(best[d], start + pace * km[d] + leave[d])
        minutes[origin, origin:] = best
    for block in range(0, n, 64):  # mirrored in blocks that fit the cache
        for row in range(n):
            for col in range(block, min(block + 64, row)):
                minutes[row, col] = minutes[col, row]


def _pace(speed: float, detour: float) -> float:
    """Minutes per straight km."""
    return 60.0 * detour / speed
