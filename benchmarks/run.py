"""Processor time of one whole run, and of each process of its months.

::

    python -m benchmarks.run [SCENARIO]
"""

from __future__ import annotations

import argparse
import time

from benchmarks.machine import description
from model.simulation import SCHEDULE, MediaparkModel

RUNS = 3  # of which the fastest counts: the machine has other work


def compile_all(scenario: str) -> float:
    """Seconds of a first short run, in which kernels are compiled or loaded."""
    begun = time.process_time()
    model = MediaparkModel(scenario, rng=0)
    model.step()
    model.outcome()
    return time.process_time() - begun


def whole_run(scenario: str) -> tuple[dict[str, float], int]:
    """Seconds to build, to live and to tabulate; and the number of months."""
    begun = time.process_time()
    model = MediaparkModel(scenario, rng=0)
    built = time.process_time()
    while model.running:
        model.step()
    lived = time.process_time()
    model.outcome()
    told = time.process_time()
    parts = {"build": built - begun, "months": lived - built, "tables": told - lived}
    return parts, model.steps


def by_process(scenario: str, months: int) -> dict[str, float]:
    """Seconds of each process over all months, without notes and indicators."""
    model = MediaparkModel(scenario, rng=0)
    spent = dict.fromkeys((process.name for process in SCHEDULE), 0.0)
    for _ in range(months):
        for process in SCHEDULE:
            begun = time.process_time()
            process.apply(model.state)
            spent[process.name] += time.process_time() - begun
        model.state.month += 1
    return spent


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("scenario", nargs="?", default="reference")
    scenario = parser.parse_args().scenario
    print(description())
    first = compile_all(scenario)
    print(f"\nfirst month, kernels compiled or read from their cache: {first:.2f} s")
    runs = [whole_run(scenario) for _ in range(RUNS)]
    parts, months = min(runs, key=lambda run: sum(run[0].values()))
    print(f"\n{scenario}, {months} months, fastest of {RUNS} runs")
    for name, spent in {**parts, "all": sum(parts.values())}.items():
        print(f"  {name:20}{spent:8.2f} s")
    spent = by_process(scenario, months)
    total = sum(spent.values())
    print(f"\nprocesses of a month: {1e3 * total / months:.2f} ms")
    for name, seconds in spent.items():
        share = seconds / total
        print(f"  {name:20}{1e3 * seconds / months:8.3f} ms {share:6.1%}")


if __name__ == "__main__":
    main()
