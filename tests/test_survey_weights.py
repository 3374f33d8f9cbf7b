"""Raking: equal to an independent library, within bounds, and honest about gaps."""

import numpy as np
import pytest
from ipfn import ipfn
from scipy.optimize import minimize

from calibration.survey.reading import read_survey
from calibration.survey.synthetic import FOLDER as SHIPPED
from calibration.weights import (
    BOUNDS,
    Margin,
    kish,
    rake,
    read_margins,
    weigh,
)
from model import streams
from model.errors import InputError

KEY, PURPOSE = np.uint64(7), streams.SURVEY_SAMPLE
N = 400


def uniform(ordinal, n=N):
    return streams.uniforms(KEY, PURPOSE, 9, np.arange(n, dtype=np.uint64), ordinal)


@pytest.fixture
def sample():
    """Three items of 400 people that go together, and margins far from theirs."""
    first = (uniform(0) < 0.7).astype(int)
    second = np.minimum(3, np.floor(4 * uniform(1) ** (1 + first))).astype(int)
    third = (uniform(2) < 0.3 + 0.2 * first).astype(int)
    shares = [
        np.array([0.6, 0.4]),
        np.array([0.1, 0.2, 0.3, 0.4]),
        np.array([0.45, 0.55]),
    ]
    return [first, second, third], shares


def test_raking_equals_ipfn_to_six_digits(sample):
    places, shares = sample
    design = 0.5 + uniform(3)
    table = np.zeros([len(share) for share in shares])
    np.add.at(table, tuple(places), design)
    wanted = [share * N for share in shares]
    fitted = ipfn.ipfn(
        table.copy(), wanted, [[0], [1], [2]], convergence_rate=1e-13,
        rate_tolerance=0.0, max_iteration=2000,
    ).iteration()  # fmt: skip
    held = np.where(table > 0.0, table, 1.0)
    other = design * (fitted / held)[tuple(places)]
    mine = rake(design, places, shares)
    np.testing.assert_allclose(mine / mine.sum(), other / other.sum(), rtol=1e-6)


def test_raking_is_the_closest_in_entropy(sample):
    """The dual of minimising sum w ln(w/d) - w, solved by a general optimiser."""
    places, shares = sample
    design = 0.5 + uniform(3)
    columns = [
        (p == k) for p, s in zip(places, shares, strict=True) for k in range(len(s))
    ]
    x = np.stack(columns, axis=1).astype(float)
    wanted = np.concatenate(shares) * design.sum()

    def dual(b):
        w = design * np.exp(x @ b)
        return w.sum() - wanted @ b, x.T @ w - wanted

    best = minimize(dual, np.zeros(x.shape[1]), jac=True, method="BFGS",
                    options={"gtol": 1e-9}).x  # fmt: skip
    mine = rake(design, places, shares)
    np.testing.assert_allclose(mine, design * np.exp(x @ best), rtol=1e-6)


def test_bounded_weights_meet_margins_and_bounds(sample):
    places, shares = sample
    free = rake(np.ones(N), places, shares)
    bounds = (0.15, 4.5)
    assert free.max() > bounds[1] or free.min() < bounds[0]
    held = rake(np.ones(N), places, shares, bounds)
    assert bounds[0] - 1e-12 <= held.min() and held.max() <= bounds[1] + 1e-12
    for place, share in zip(places, shares, strict=True):
        found = np.bincount(place, held) / held.sum()
        np.testing.assert_allclose(found, share, atol=1e-8)


def test_bounds_that_cannot_be_met_are_said():
    survey = read_survey(SHIPPED / "workers.csv")
    margin = Margin("status", {"employee": 0.999, "self-employed": 0.001})
    found = weigh(survey, [margin])
    assert [line.missed for line in found.lines] == [True, True]
    # Those who are too many stand at the lower bound, and the sum stays.
    assert found.values.min() == pytest.approx(BOUNDS[0], rel=1e-6)
    assert found.values.mean() == pytest.approx(1.0)


def test_a_margin_within_a_part_leaves_the_others_alone():
    survey = read_survey(SHIPPED / "workers.csv")
    margin = Margin("sex", {"woman": 0.2, "man": 0.8}, ("subsector", "press"))
    found = weigh(survey, [margin])
    press, woman = survey.is_code("subsector", "press"), survey.is_code("sex", "woman")
    known = press & (survey.code("sex") >= 0)
    share = found.values[known & woman].sum() / found.values[known].sum()
    assert share == pytest.approx(0.2, abs=1e-9)
    assert np.ptp(found.values[~known]) < 1e-12


def test_published_margins_are_met_by_the_shipped_survey():
    for part in ("workers", "firms"):
        survey = read_survey(SHIPPED / f"{part}.csv")
        found = weigh(survey)
        assert len(found.lines) == sum(len(m.shares) for m in read_margins()[part])
        assert not any(line.missed for line in found.lines)
        assert found.kish < survey.kept
    assert weigh(read_survey(SHIPPED / "workers.csv")).unknown == ("age",)


def test_empty_categories_are_reported_and_shared_out(tmp_path):
    path = tmp_path / "men.csv"
    rows = [f"w{k},man,{'press' if k % 2 else 'audiovisual'}" for k in range(20)]
    path.write_text("\n".join(["respondent,sex,subsector", *rows]), encoding="utf-8")
    found = weigh(read_survey(path))
    assert "sex within press: woman" in found.empty
    assert "status: employee" in found.empty  # not asked at all
    ratio = found.values[1::2].sum() / found.values[::2].sum()
    assert ratio == pytest.approx(0.18968 / 0.424283, rel=1e-6)


def test_kish_counts_what_weights_leave():
    assert kish(np.ones(50)) == pytest.approx(50)
    assert kish(np.array([1.0, 1.0, 0.0])) == pytest.approx(2)
    assert kish(np.array([3.0, 1.0])) == pytest.approx(16 / 10)


def test_rows_of_weight_zero_change_nothing(tmp_path):
    head = "respondent,weight,sex,subsector\n"
    rows = [f"w{k},1,{'woman' if k % 3 else 'man'},press\n" for k in range(12)]
    zero = [f"z{k},0,woman,audiovisual\n" for k in range(5)]
    paths = [tmp_path / name for name in ("without.csv", "with.csv")]
    for path, more in zip(paths, ([], zero), strict=True):
        path.write_text(head + "".join(rows + more), encoding="utf-8")
    without, with_zero = (weigh(read_survey(path)) for path in paths)
    np.testing.assert_allclose(with_zero.values[:12], without.values)
    assert (with_zero.values[12:] == 0.0).all()
    assert with_zero.kish == pytest.approx(without.kish)
    assert "subsector: audiovisual" in with_zero.empty


def test_faults_of_margins_come_at_once(tmp_path):
    path = tmp_path / "margins.csv"
    path.write_text(
        "part,item,code,share,within_item,within_code,nature,source,source_fr,source_nl\n"
        "workers,sex,women,0.5,,,measured,x,,\n"
        "workers,statu,employee,0.9,,,measured,x,,\n"
        "firms,size,micro,0.9,,,measured,x,,\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_margins(path)
    text = str(caught.value)
    assert "did you mean 'woman'" in text and "did you mean 'status'" in text
    assert text.count("shares do not add up to 1") == 3
