"""Time of a month: kernels on columns against an ordinary Mesa model.

::

    python -m benchmarks.month

First the ordinary model takes the equations as they stand, then the shortcuts of the
kernels too. Both sides live through the same months by turns: the kernels in several
replicas of one model, of which the median counts, the plain model once. In the end
their states must agree. Only the processes of ``SCHEDULE`` are timed, in processor
time; neither side notes indicators. A month's mean is taken over a whole year, since
density and talent are renewed each January; the last column is the median of the
months' own ratios.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.machine import description
from benchmarks.plain_mesa import PlainModel
from benchmarks.twins import first_difference
from model.months import month_name
from model.simulation import SCHEDULE, MediaparkModel

SMALL = Path(__file__).parents[1] / "tests" / "data" / "grids" / "reyers_12x12.csv"
REPLICAS = 5  # of the kernels
MONTHS = 12
HEADING = (
    f"{'':32}{'months':>8}{'kernels':>12}{'plain Mesa':>12}{'ratio':>8}{'median':>9}"
)


def kernel_month(model: MediaparkModel) -> None:
    """One month of the processes alone."""
    for process in SCHEDULE:
        process.apply(model.state)
    model.state.month += 1


def seconds(work: Callable[[], object]) -> float:
    """Processor time that something takes: other work on the machine counts less."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def race(
    models: list[MediaparkModel], plain: PlainModel, months: int
) -> list[tuple[float, float]]:
    """Seconds of each month, (kernels, plain Mesa), by turns.

    Each replica of the kernels lives through all months between two of the plain
    model's, as it would in a run of its own.

    Raises
    ------
    SystemExit
        If the states differ in the end.
    """
    gc.collect()
    kernels, agents = [], []
    for month in range(months):
        for model in models[month::months]:
            work = partial(kernel_month, model)
            kernels.append([seconds(work) for _ in range(months)])
        agents.append(seconds(plain.step))
    difference = first_difference(models[0], plain)
    if difference:
        raise SystemExit(difference)
    typical = [statistics.median(month) for month in zip(*kernels, strict=True)]
    return list(zip(typical, agents, strict=True))


def line(title: str, times: list[tuple[float, float]]) -> str:
    """Mean times of a month, their ratio, and the median of the months' ratios."""
    kernels = statistics.mean(k for k, _ in times)
    plain = statistics.mean(p for _, p in times)
    ratio = statistics.median(p / k for k, p in times)
    return (
        f"{title:32}{len(times):8}{1e3 * kernels:9.2f} ms{1e3 * plain:9.1f} ms"
        f"{plain / kernels:8.0f}{ratio:9.0f}"
    )


def measure(grid: Path | str) -> None:
    """Build, warm up for a month, race, and print; for both ways to write it."""
    models = [MediaparkModel("reference", rng=0, grid=grid) for _ in range(REPLICAS)]
    model = models[0]
    print(
        f"\n{len(model.region):,} cells, {len(model.firms):,} firms, "
        f"{len(model.people):,} workers, {len(model.communities)} communities, "
        f"{len(model.ties):,} ties, from {month_name(model.state.month + 1)} on"
    )
    print(HEADING)
    for title, shortcuts in (
        ("equations as they stand", False),
        ("with the kernels' shortcuts", True),
    ):
        plain = PlainModel(model, shortcuts=shortcuts)
        race(models, plain, 1)
        print(line(title, race(models, plain, MONTHS)))


def main() -> None:
    """Measure the small region and the whole one."""
    print(description())
    measure(SMALL)
    measure("250")


if __name__ == "__main__":
    main()
