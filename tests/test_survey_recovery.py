"""Known parameters come back from synthetic surveys of the shipped size.

Fifty surveys are drawn from the model's default values and estimated as a held one
would be. A 95 % interval holds the truth in 47 or 48 of 50 surveys on average, and in
fewer than 42 with a chance below 1 in 1,000; over all coefficients at least 90 % must.
"""

import numpy as np
import pytest
from scipy.stats import t

from calibration.estimates import estimates
from calibration.ground import base_ground
from calibration.survey.reading import read_survey
from calibration.survey.synthetic import Assumed, draw_survey, write_survey

SURVEYS, LEAST = 50, 42
SITES = (
    "site.rent", "site.own_sector", "site.transit", "site.anchors", "site.quality",
    "choice.keep", "choice.region_nest",
)  # fmt: skip
SCALE = "ln scale of cards against moves"


def one_survey(key, folder):
    """Estimates of one survey by parameter: value, error, respondents."""
    files = write_survey(draw_survey(key, base_ground()), folder / str(key))
    found = estimates(*(read_survey(file) for file in files))
    named = {e.prior.parameter: e for e in found.estimates if e.prior}
    named |= {e.name: e for e in found.estimates if e.name == SCALE}
    return {name: (e.value, e.error, e.n) for name, e in named.items()}


@pytest.fixture(scope="module")
def recovered(tmp_path_factory):
    folder = tmp_path_factory.mktemp("surveys")
    found = [one_survey(key, folder) for key in range(SURVEYS)]
    assert all(set(SITES) <= set(one) for one in found)
    return found


def truth_of(name):
    return np.log(Assumed().card_scale) if name == SCALE else base_ground().truth(name)


def held(found, name):
    """Whether each survey's 95 % interval holds the truth; t by respondents."""
    told = np.array([one[name] for one in found if name in one])
    value, error, n = told.T
    return np.abs(value - truth_of(name)) <= t.ppf(0.975, n - 1) * error


@pytest.mark.slow
def test_choice_coefficients_are_recovered(recovered):
    counts = {name: int(held(recovered, name).sum()) for name in (*SITES, SCALE)}
    assert all(count >= LEAST for count in counts.values()), counts
    assert sum(counts.values()) >= 0.90 * SURVEYS * len(counts), counts


@pytest.mark.slow
def test_all_other_parameters_are_recovered(recovered):
    names = sorted({n for one in recovered for n in one} - {*SITES, SCALE})
    assert len(names) >= 17
    inside = {name: held(recovered, name) for name in names}
    rates = {name: float(hits.mean()) for name, hits in inside.items()}
    assert all(rate >= LEAST / SURVEYS for rate in rates.values()), rates
    every = np.concatenate(list(inside.values()))
    assert every.mean() >= 0.90, rates


@pytest.mark.slow
def test_estimates_are_not_off_on_average(recovered):
    """Means over 50 surveys lie within 4 standard errors of the truth."""
    for name in (*SITES, "meetings.travel", "surroundings.minutes_deterrence"):
        values = np.array([one[name][0] for one in recovered])
        off = values.mean() - truth_of(name)
        assert abs(off) < 4.0 * values.std(ddof=1) / np.sqrt(SURVEYS), name
