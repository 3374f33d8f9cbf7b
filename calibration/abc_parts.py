"""What pyABC is made of here: prior, proposals, acceptance, and where its luck begins.

The one file that touches numpy's own generator, since pyABC draws from it: it is
seeded anew for every candidate by an addressed draw (``calibration.abc_smc``).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from calibration.history_matching import Matched
from model.errors import Fault, InputError

DEFENSIVE: Final = 0.5  # share of proposals from the prior itself


def refuse_without_pyabc() -> None:
    """Refuse to go on where pyABC is not installed.

    Raises
    ------
    InputError
        With what to install.
    """
    try:
        import pyabc  # noqa: F401
    except ImportError:
        allowed = "pip install 'mediapark[calibrate]'"
        raise InputError([Fault("pyABC is not installed", allowed=allowed)]) from None


def seed_pyabc(seed: int) -> None:
    """Let pyABC's draws begin at a number.

    Parameters
    ----------
    seed : int
        Below 2**32.
    """
    np.random.seed(seed)


def prior_of(matched: Matched) -> Any:
    """The priors without what history matching has discarded, for pyABC.

    Parameters
    ----------
    matched : Matched

    Returns
    -------
    pyabc.DistributionBase
    """
    from pyabc import DistributionBase, Parameter

    belief = matched.problem.belief

    class Left(DistributionBase):  # type: ignore[misc]
        def rvs(self, *_: Any, **__: Any) -> Any:
            while True:
                point = belief.quantile(np.random.uniform(size=(1, len(belief.names))))
                if matched.is_plausible(point)[0]:
                    values = point[0].tolist()
                    return Parameter(dict(zip(belief.names, values, strict=True)))

        def pdf(self, x: Any) -> float:
            point = np.array([[x[name] for name in belief.names]])
            density = belief.density(point[0].tolist())
            return density if density and matched.is_plausible(point)[0] else 0.0

    return Left()


def proposals_of(matched: Matched) -> Any:
    """Steps from the last generation, and every second proposal from the prior itself.

    The second kind bounds every weight [1]_: in ten dimensions a kernel around two
    hundred points leaves tails in which a single point would outweigh all others.

    Parameters
    ----------
    matched : Matched

    Returns
    -------
    pyabc.Transition

    References
    ----------
    .. [1] Hesterberg (1995), Weighted average importance sampling and defensive
       mixture distributions. Technometrics 37(2).
    """
    from pyabc import MultivariateNormalTransition

    prior, left = prior_of(matched), matched.last.left

    class Defensive(MultivariateNormalTransition):  # type: ignore[misc]
        def rvs_single(self) -> Any:
            if np.random.uniform() < DEFENSIVE:
                return prior.rvs()
            return super().rvs_single()

        def pdf(self, x: Any) -> Any:
            near = super().pdf(x)
            return (1.0 - DEFENSIVE) * near + DEFENSIVE * prior.pdf(x) / left

    return Defensive()


def acceptor_at(normal: float) -> Any:
    """Acceptance by a density of the error.

    Parameters
    ----------
    normal : float
        Logarithm of the density that is always accepted, known before the sampling:
        larger ones count for more.

    Returns
    -------
    pyabc.StochasticAcceptor
    """
    from pyabc import StochasticAcceptor

    class Acceptor(StochasticAcceptor):  # type: ignore[misc]
        def requires_calibration(self) -> bool:
            return False

        def is_adaptive(self) -> bool:
            return False

        def _update(self, t: int, *_: Any, **__: Any) -> None:
            self.pdf_norms[t] = normal

        def __call__(
            self, distance_function: Any, eps: Any, x: Any, x_0: Any, t: int, par: Any
        ) -> Any:
            self.pdf_norms[t] = normal
            return super().__call__(distance_function, eps, x, x_0, t, par)

    return Acceptor()
