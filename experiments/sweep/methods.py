"""How points are laid into the space of the factors; what is drawn, SALib draws.

Three of them nest: the points of a small design are the first ones of a larger one, so
that asking for more computes only what is new. A Sobol' sequence does so because its
n-th point depends on n, the seed and the number of dimensions alone; the scrambling
takes away the need to skip points, which would break the nesting and the balance [1]_.
Morris trajectories nest since they are drawn one after the other. A radial screening is
a Sobol' design without its second corner: with the same factors and seed, the runs of
the one serve the other [2]_.

.. [1] Owen, A. B. (2020). On dropping the first Sobol' point. arXiv:2008.08051.
.. [2] Campolongo, F., Saltelli, A., Cariboni, J. (2011). From screening
   to quantitative sensitivity analysis. Computer Physics Communications 182, 978-988.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator

from experiments.factors import SEED, Factor, Floats, Problem
from model.scenario.fields import Record, refused

Seed = Annotated[int, Field(ge=0, le=2**32 - 1)]


class Method(Record):
    """What all methods share."""

    kind: str
    """Name of the method."""

    grows: ClassVar[str] = ""
    """Field that can grow without a change of the points before; empty: none."""

    def count(self, problem: Problem) -> int:
        """Number of points."""
        raise NotImplementedError

    def row(self, problem: Problem) -> int:
        """Points that belong together and share their luck; all, if not said.

        Differences within a row are paired. Rows have luck of their own: with the same
        few seeds everywhere an index would be that of those seeds, however many points
        there are.
        """
        return self.count(problem)

    def sample(self, problem: Problem, defaults: Floats) -> Floats:
        """Values of the factors at every point.

        Parameters
        ----------
        problem : Problem
        defaults : float64[factors]
            Value of each factor where nothing is varied.

        Returns
        -------
        float64[points, factors]
            In the units of the factors.
        """
        raise NotImplementedError


class OneAtATime(Method):
    """Each factor alone goes through its range, all others at their defaults."""

    kind: Literal["one-at-a-time"]
    levels: Annotated[int, Field(ge=2, le=1_000)] = 2
    """Values of each factor, spread evenly, both ends included."""

    def count(self, problem: Problem) -> int:
        """The base point, and every level of every factor."""
        return 1 + sum(len(levels_of(f, self.levels)) for f in problem)

    def sample(self, problem: Problem, defaults: Floats) -> Floats:
        """The base point first, then the levels of one factor after the other."""
        rows = [defaults]
        for column, factor in enumerate(problem):
            for value in levels_of(factor, self.levels):
                row = defaults.copy()
                row[column] = value
                rows.append(row)
        return np.array(rows)


class Morris(Method):
    """Elementary effects: screening of many factors with few runs."""

    kind: Literal["morris"]
    trajectories: Annotated[int, Field(ge=2, le=100_000)] = 10
    """Trajectories, or stars of a radial design."""
    levels: Annotated[int, Field(ge=2, le=100)] = 4
    """Levels of the grid that trajectories walk on; an even number."""
    radial: bool = False
    """Stars around points of a Sobol' sequence, instead of trajectories on a grid."""
    grouped: bool = False
    """Whether the factors of a group move together."""
    seed: Seed = 0
    """Seed of the sampler."""

    grows: ClassVar[str] = "trajectories"

    @field_validator("levels")
    @classmethod
    def _even(cls, value: int) -> int:
        if value % 2:
            raise refused("is not an even number", "2, 4, 6 and so on")
        return value

    def count(self, problem: Problem) -> int:
        """One point more than there are steps in each trajectory."""
        return self.trajectories * self.row(problem)

    def row(self, problem: Problem) -> int:
        """A trajectory, or a star."""
        return _steps(problem, self.grouped) + 1

    def sample(self, problem: Problem, defaults: Floats) -> Floats:
        """Trajectories one after the other, each a block of rows."""
        described = problem.salib(self.grouped)
        if self.radial:
            block = _steps(problem, self.grouped) + 2
            drawn = _saltelli(described, self.trajectories, self.seed, False)
            keep = np.arange(len(drawn)) % block != block - 1
            return problem.decode(drawn[keep])
        from SALib.sample import morris

        drawn = morris.sample(
            described, self.trajectories, num_levels=self.levels, seed=self.seed
        )
        return problem.decode(drawn)


class Sobol(Method):
    """Shares of variance: first-order and total indices, on Saltelli's design."""

    kind: Literal["sobol"]
    base_points: Annotated[int, Field(ge=2, le=2**20)] = 64
    """Points of the sequence that blocks are built on, a power of two."""
    second_order: bool = False
    """Whether indices of pairs are wanted too: nearly twice the points."""
    grouped: bool = False
    """Whether the factors of a group count as one."""
    seed: Seed = 0
    """Seed of the scrambling."""

    grows: ClassVar[str] = "base_points"

    @field_validator("base_points")
    @classmethod
    def _power(cls, value: int) -> int:
        if value & (value - 1):
            below = 2 ** (value.bit_length() - 1)
            raise refused("is not a power of two", f"such as {below} or {2 * below}")
        return value

    def count(self, problem: Problem) -> int:
        """Saltelli's blocks of k + 2 rows, or of 2 k + 2."""
        return self.base_points * self.row(problem)

    def row(self, problem: Problem) -> int:
        """A block: both corners and the points between them."""
        steps = _steps(problem, self.grouped)
        return (2 * steps if self.second_order else steps) + 2

    def sample(self, problem: Problem, defaults: Floats) -> Floats:
        """One block of rows for each point of the sequence."""
        described = problem.salib(self.grouped)
        return problem.decode(
            _saltelli(described, self.base_points, self.seed, self.second_order)
        )


class LatinHypercube(Method):
    """Every stratum of every factor once: for PAWN, delta and rules of thumb."""

    kind: Literal["latin-hypercube"]
    points: Annotated[int, Field(ge=2, le=2**20)] = 200
    """How many."""
    seed: Seed = 0
    """Seed of the sampler."""

    def count(self, problem: Problem) -> int:
        """As many as were asked for."""
        return self.points

    def row(self, problem: Problem) -> int:
        """A point: its scenarios alone share their luck."""
        return 1

    def sample(self, problem: Problem, defaults: Floats) -> Floats:
        """Points in the order of the sampler."""
        from SALib.sample import latin

        drawn = latin.sample(problem.salib(), self.points, seed=self.seed)
        return problem.decode(drawn)


class Factorial(Method):
    """Every level of every factor with every level of all others."""

    kind: Literal["factorial"]
    levels: Annotated[int, Field(ge=2, le=1_000)] = 2
    """Values of each real factor, spread evenly, both ends included."""

    def count(self, problem: Problem) -> int:
        """Product of the numbers of levels."""
        product = 1
        for factor in problem:
            product *= len(levels_of(factor, self.levels))
        return product

    def sample(self, problem: Problem, defaults: Floats) -> Floats:
        """The last factor runs fastest."""
        levels = [levels_of(factor, self.levels) for factor in problem]
        return np.array(list(itertools.product(*levels)), np.float64)


METHODS: Mapping[str, type[Method]] = {
    "one-at-a-time": OneAtATime,
    "morris": Morris,
    "sobol": Sobol,
    "latin-hypercube": LatinHypercube,
    "factorial": Factorial,
}


def levels_of(factor: Factor, count: int) -> list[float]:
    """Values of a factor, spread evenly; all of a categorical one and of the seed.

    Whole numbers are rounded as :meth:`Factor.decode` does, and stand there once.
    """
    if factor.kind == "categorical" or factor.name == SEED:
        count = int(factor.high - factor.low) + 1
    spread = factor.decode(np.linspace(factor.low, factor.high, count))
    return [float(value) for value in dict.fromkeys(spread.tolist())]


def _steps(problem: Problem, grouped: bool) -> int:
    return len(problem.groups) if grouped else len(problem)


def _saltelli(
    described: dict[str, Any], n: int, seed: int, second_order: bool
) -> Floats:
    """Saltelli's blocks for the first ``n`` points of the scrambled sequence."""
    from SALib.sample import sobol

    whole = 1 << (n - 1).bit_length()
    drawn: Floats = sobol.sample(
        described, whole, calc_second_order=second_order, seed=seed
    )
    return drawn[: len(drawn) // whole * n]
