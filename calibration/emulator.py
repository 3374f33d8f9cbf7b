"""A cheap stand-in for the model: a quadratic surface with its own error.

Each figure is regressed on the free parameters, their squares and products, with a
ridge that cross-validation chooses. What the surface misses at points left out is its
error, larger where few points lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_RIDGES: Final = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)


@dataclass(frozen=True)
class Emulator:
    """Surfaces of several figures over the same points.

    Attributes
    ----------
    coefficients : float64[terms, figures]
    inverse : float64[figures, terms, terms]
        For the leverage of a point.
    variance : float64[figures]
        Mean squared error at points left out.
    """

    coefficients: Floats
    inverse: Floats
    variance: Floats

    def __call__(self, scaled: Floats) -> tuple[Floats, Floats]:
        """Expected figures and the variance of the error.

        Parameters
        ----------
        scaled : float64[points, parameters]
            As :meth:`calibration.belief.Belief.scaled` gives them.

        Returns
        -------
        float64[points, figures], float64[points, figures]
        """
        terms = quadratic(scaled)
        leverage = np.stack(
            [((terms @ one) * terms).sum(axis=1) for one in self.inverse], axis=1
        )
        return terms @ self.coefficients, self.variance * (1.0 + leverage)


NO_EMULATOR: Final = Emulator(np.zeros((0, 0)), np.zeros((0, 0, 0)), np.zeros(0))


def quadratic(scaled: Floats) -> Floats:
    """One, all parameters, their squares and products: float64[points, terms]."""
    count = scaled.shape[1]
    first, second = np.triu_indices(count)
    ones = np.ones((len(scaled), 1))
    return np.hstack([ones, scaled, scaled[:, first] * scaled[:, second]])


def fit_emulator(scaled: Floats, figures: Floats) -> Emulator:
    """Surfaces through simulated figures.

    Parameters
    ----------
    scaled : float64[points, parameters]
    figures : float64[points, figures]
        Without gaps.

    Returns
    -------
    Emulator
    """
    terms = quadratic(scaled)
    gram = terms.T @ terms
    kept = np.eye(len(gram))
    kept[0, 0] = 0.0  # the mean is not shrunk
    coefficients, inverses, variances = [], [], []
    for column in figures.T:
        best: tuple[float, Floats, Floats] | None = None
        for ridge in _RIDGES:
            system = gram + ridge * kept + 1e-9 * np.eye(len(gram))
            inverse = np.asarray(np.linalg.inv(system), np.float64)
            found = inverse @ terms.T @ column
            hat = ((terms @ inverse) * terms).sum(axis=1)
            left_out = (column - terms @ found) / np.maximum(1.0 - hat, 1e-6)
            error = float(np.mean(left_out**2))
            if best is None or error < best[0]:
                best = (error, found, inverse)
        if best is None:
            raise ValueError("no ridge to choose from")
        variances.append(best[0])
        coefficients.append(best[1])
        inverses.append(best[2])
    return Emulator(
        np.stack(coefficients, axis=1), np.stack(inverses), np.array(variances)
    )
