"""What is believed of all free parameters before the fit, as one distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from calibration.priors import Prior, declared_prior
from calibration.trial import free_parameters
from model import streams

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Belief:
    """Independent priors of the free parameters.

    Attributes
    ----------
    priors : tuple of Prior
        One for each, in the order of declaration.
    """

    priors: tuple[Prior, ...]

    @classmethod
    def of(cls, given: Mapping[str, Prior] | None = None) -> Belief:
        """Priors of all free parameters: those given, and the declared ones else."""
        known = given or {}
        return cls(
            tuple(
                known[name] if name in known else declared_prior(name)
                for name in free_parameters()
            )
        )

    @property
    def names(self) -> tuple[str, ...]:
        """Dotted names."""
        return tuple(prior.parameter for prior in self.priors)

    @property
    def synthetic(self) -> bool:
        """Whether any of it rests on a synthetic survey."""
        return any(prior.synthetic for prior in self.priors)

    def quantile(self, u: Floats) -> Floats:
        """Points at shares of each prior, float64[points, parameters]."""
        columns = [prior.quantile(u[:, k]) for k, prior in enumerate(self.priors)]
        return np.stack(columns, axis=1)

    def density(self, x: Sequence[float]) -> float:
        """Density at a point, up to rounding."""
        return float(
            np.prod([p.density(v) for p, v in zip(self.priors, x, strict=True)])
        )

    @cached_property
    def scale(self) -> tuple[Floats, Floats]:
        """Middle and half-width of the middle 95 % of each prior."""
        ends = [p.quantile([0.025, 0.5, 0.975]) for p in self.priors]
        low, middle, high = np.array(ends).T
        return middle, (high - low) / 2.0

    def scaled(self, x: Floats) -> Floats:
        """Points in half-widths from the middle of each prior."""
        middle, half = self.scale
        found: Floats = (np.atleast_2d(x) - middle) / half
        return found

    def spread_out(self, count: int, key: int, part: int = 0) -> Floats:
        """Points that cover the priors evenly, float64[count, parameters].

        A Sobol' sequence, rotated by an addressed draw (Cranley and Patterson), so
        that a key and a part name the same points for ever.

        Parameters
        ----------
        count : int
        key : int
        part : int
            Which of several sets.
        """
        size = 2 ** int(np.ceil(np.log2(max(count, 2))))
        plain = qmc.Sobol(len(self.priors), scramble=False).random(size)[:count]
        where = np.arange(len(self.priors), dtype=np.uint64)
        shift = streams.uniforms(key, streams.DESIGN_SHIFT, part, where)
        return self.quantile((plain + shift) % 1.0)
