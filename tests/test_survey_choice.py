"""Logits: equal to another library, to known shares, and to the model's own kernel."""

import warnings

import numpy as np
import pandas as pd
import pytest

from calibration.choice.conditional import Choices, fit_conditional
from calibration.choice.fitting import NoEstimateError
from calibration.choice.joint import Both, fit_joint
from calibration.choice.nested import fit_nested
from calibration.choice.sites import revealed_choices, stated_choices
from calibration.ground import SITE_PARAMETERS, USUAL_RENT, base_ground, disc_mean
from calibration.survey.cards import compose_cards, shipped_cards
from calibration.survey.codebook import codebook
from calibration.survey.reading import read_survey
from calibration.survey.synthetic import FOLDER as SHIPPED
from model import streams
from model.processes import attraction
from model.processes.choice_kernels import Look, fits
from model.processes.site_choice import offer_of

KEY = np.uint64(3)
TRUTH = np.array([1.0, -0.5, 0.3])


@pytest.fixture(scope="module")
def ground():
    return base_ground()


def uniform(n, ordinal):
    agents = np.arange(n, dtype=np.uint64)
    return streams.uniforms(KEY, streams.SURVEY_CHOICE, 99, agents, ordinal)


def drawn(cases: int, sites: int = 4, scale: float = 1.0) -> Choices:
    """Choices by a logit with known coefficients."""
    rows = cases * sites
    x = np.stack([2.0 * uniform(rows, 10 + k) - 1.0 for k in range(len(TRUTH))], axis=1)
    total = scale * (x @ TRUTH) - np.log(-np.log(uniform(rows, 20 + round(scale))))
    start = np.arange(cases) * sites
    chosen = start + total.reshape(cases, sites).argmax(axis=1)
    return Choices(
        x, np.zeros(rows), start, chosen, np.ones(cases), np.arange(cases)
    )  # fmt: skip


def test_estimates_and_errors_equal_statsmodels():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of statsmodels itself, while it loads
        from statsmodels.discrete.conditional_models import ConditionalLogit
    choices = drawn(300)
    fit = fit_conditional(choices)
    chosen = np.zeros(len(choices.attributes))
    chosen[choices.chosen] = 1.0
    groups = np.repeat(np.arange(300), 4)
    other = ConditionalLogit(chosen, choices.attributes, groups=groups)
    found = other.fit(disp=False, method="newton")
    np.testing.assert_allclose(fit.estimate, found.params, rtol=1e-4)
    np.testing.assert_allclose(
        np.sqrt(np.diag(fit.classical)), found.bse, rtol=1e-4
    )  # fmt: skip
    assert fit.loglik == pytest.approx(found.llf, rel=1e-8)


def each_answer(cards: Choices) -> Choices:
    """Cards with a case for each answer, as other libraries want them."""
    size = len(cards.attributes) // len(cards.start)
    rows = (cards.case[:, None] * size + np.arange(size)).ravel()
    start, chosen = np.arange(len(cards)) * size, cards.chosen[cards.case]
    here = np.where(chosen < 0, -1, start + chosen - cards.start[cards.case])
    return Choices(
        cards.attributes[rows], cards.offset[rows], start, here,
        cards.weight, cards.respondent,
    )  # fmt: skip


def test_answers_that_are_alike_share_a_case(ground):
    survey = read_survey(SHIPPED / "firms.csv")
    weight = 1.0 + np.arange(survey.kept) % 3
    cards = stated_choices(survey, ground, weight)
    assert len(cards.start) < len(cards)
    one, other = fit_nested(cards), fit_nested(each_answer(cards))
    np.testing.assert_allclose(one.estimate, other.estimate, rtol=1e-6)
    np.testing.assert_allclose(one.robust, other.robust, rtol=1e-5, atol=1e-9)
    assert (one.cases, one.respondents) == (other.cases, other.respondents)


def test_stated_cards_equal_statsmodels(ground):
    """The shipped cards as a conditional logit, without weights and the outside."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from statsmodels.discrete.conditional_models import ConditionalLogit
    survey = read_survey(SHIPPED / "firms.csv")
    cards = each_answer(stated_choices(survey, ground, np.ones(survey.kept)))
    inside = np.flatnonzero(cards.chosen >= 0)
    rows = (inside[:, None] * 3 + np.arange(3)).ravel()
    chosen = np.isin(rows, cards.chosen)
    choices = Choices(
        cards.attributes[rows], cards.offset[rows], np.arange(len(inside)) * 3,
        np.flatnonzero(chosen), np.ones(len(inside)), cards.respondent[inside],
    )  # fmt: skip
    fit = fit_conditional(choices)
    other = ConditionalLogit(
        chosen.astype(float), choices.attributes, groups=np.repeat(inside, 3)
    )
    found = other.fit(disp=False, method="newton")
    np.testing.assert_allclose(fit.estimate, found.params, rtol=1e-4)
    np.testing.assert_allclose(np.sqrt(np.diag(fit.classical)), found.bse, rtol=1e-4)


def test_weights_count_as_repetition():
    choices = drawn(200)
    weight = 1.0 + (np.arange(200) % 3 == 0)
    weighted = fit_conditional(
        Choices(choices.attributes, choices.offset, choices.start, choices.chosen,
                weight, choices.respondent)
    )  # fmt: skip
    twice = np.concatenate([np.arange(200), np.arange(0, 200, 3)])
    rows = (twice[:, None] * 4 + np.arange(4)).ravel()
    start = np.arange(len(twice)) * 4
    repeated = fit_conditional(
        Choices(choices.attributes[rows], choices.offset[rows], start,
                start + choices.chosen[twice] - twice * 4, np.ones(len(twice)), twice)
    )  # fmt: skip
    np.testing.assert_allclose(weighted.estimate, repeated.estimate, rtol=1e-7)
    # A respondent of weight two is one respondent: the same sandwich, too.
    np.testing.assert_allclose(weighted.errors, repeated.errors, rtol=1e-6)


def test_errors_are_those_of_leaving_one_respondent_out():
    choices = drawn(60)
    fit = fit_conditional(choices)
    moved = []
    for left in range(60):
        weight = np.ones(60)
        weight[left] = 0.0
        moved.append(
            fit_conditional(
                Choices(choices.attributes, choices.offset, choices.start,
                        choices.chosen, weight, choices.respondent)
            ).estimate
        )  # fmt: skip
    spread = np.array(moved) - fit.estimate
    jackknife = np.sqrt((spread**2).sum(axis=0) * 59 / 60)
    # One step instead of a whole fit: to first order, here within 3 %.
    np.testing.assert_allclose(fit.errors, jackknife, rtol=0.03)


def test_answers_of_one_person_do_not_count_as_many():
    choices = drawn(200)
    one = fit_conditional(choices)
    rows = np.tile(np.arange(800), 3)
    start = np.arange(600) * 4
    same = Choices(
        choices.attributes[rows], np.zeros(2400), start,
        np.tile(choices.chosen, 3) + np.repeat(np.arange(3) * 800, 200),
        np.ones(600), np.tile(np.arange(200), 3),
    )  # fmt: skip
    three = fit_conditional(same)
    np.testing.assert_allclose(three.estimate, one.estimate, rtol=1e-6)
    np.testing.assert_allclose(three.errors, one.errors, rtol=1e-5)
    ratio = np.sqrt(np.diag(three.classical) / np.diag(one.classical))
    np.testing.assert_allclose(ratio, 1 / np.sqrt(3), rtol=1e-5)


def test_a_nest_with_one_site_is_a_plain_choice():
    """With no attributes at work, the share outside gives V_O by hand."""
    cases = 400
    start = np.arange(cases) * 2
    x = (
        np.tile(np.array([[0.5], [-0.5]]), (cases, 1))
        * (6 * uniform(cases, 1)).repeat(2)[:, None]
    )
    outside = uniform(cases, 2) < 0.25
    first = uniform(cases, 3) < 0.5
    chosen = np.where(outside, -1, start + np.where(first, 0, 1))
    fit = fit_nested(
        Choices(x, np.zeros(2 * cases), start, chosen, np.ones(cases), np.arange(cases))
    )
    beta, nest, worth = fit.estimate
    logsum = np.log(np.exp(beta * x[::2, 0]) + np.exp(beta * x[1::2, 0]))
    share = 1.0 / (1.0 + np.exp(nest * logsum - worth))
    assert share.mean() == pytest.approx(outside.mean(), abs=1e-6)  # score of V_O


def test_moves_rescale_cards():
    """Cards sharper by e^0.5 than moves: the scale is found, and beta is of moves."""
    sharp, plain = drawn(1500, scale=2.0), drawn(1500)
    sharp = Choices(
        sharp.attributes, sharp.offset, sharp.start,
        np.where(uniform(1500, 5) < 0.2, -1, sharp.chosen), sharp.weight,
        sharp.respondent + 5000,
    )  # fmt: skip
    fit = fit_joint(Both(sharp, plain))
    truth = np.array([*TRUTH, np.log(2.0)])
    # 4 standard errors, which 1,500 choices of each kind make about 0.2.
    assert (np.abs(fit.estimate[:4] - truth) < 4 * fit.errors[:4]).all()
    assert fit.errors[:4].max() < 0.1


@pytest.mark.parametrize("what", ["alike", "constant", "perfect", "one"])
def test_answers_that_do_not_say_are_told(what):
    choices = drawn(40)
    x, chosen, who = choices.attributes.copy(), choices.chosen, choices.respondent
    if what == "alike":
        x[:, 1] = x[:, 0]
    if what == "constant":
        x[:, 2] = 1.0
    if what == "perfect":
        x[:] = 0.0
        x[chosen, 0] = 1.0
    if what == "one":
        who = np.zeros(40, int)
    with pytest.raises(NoEstimateError):
        fit_conditional(
            Choices(x, choices.offset, choices.start, chosen, choices.weight, who)
        )


def test_utility_of_cells_is_the_models_own(ground):
    state = ground.state
    attraction.apply(state)
    offer = offer_of(state)
    beta = np.array([ground.truth(name) for name in SITE_PARAMETERS])
    for subsector, origin in ((0, 100), (2, 1500), (4, 2500)):
        look = Look(subsector, 5, 100.0, origin, -1, 0, np.array([-1], np.int64))
        own = ground.attributes(subsector, origin) @ beta + ground.rest[subsector]
        own += ground.truth("site.rent") * np.log(USUAL_RENT)
        np.testing.assert_allclose(own, np.log(fits(offer, look)), atol=1e-9)


def test_cells_are_found_from_coordinates(ground):
    region = ground.region
    inside = ground.cell_of(region.x_km * 1000 + 100.0, region.y_km * 1000 - 124.0)
    assert (inside == np.arange(len(region))).all()
    assert list(ground.cell_of(np.array([0.0, np.nan]), np.array([0.0, 1.0]))) == [
        -1,
        -1,
    ]


def test_cards_stand_on_the_models_scales(ground):
    """A card that describes a cell is worth what the cell is."""
    shown = {item.name: np.array([item.levels[1]]) for item in codebook().cards}
    found = ground.card_attributes(shown, np.array([0]))[0]
    assert found[0] == pytest.approx(np.log(150 / 200))
    assert found[5] == pytest.approx(-np.log1p(1.0 / ground.keep_km))
    # Evenly spread neighbours: the mean of exp(-d/L) over a disc, by a grid of points.
    r, edge = np.linspace(0.0005, 0.9995, 1000), 1.0
    mean = (np.exp(-1.2 * r) * 2 * r).mean() / edge
    assert disc_mean(1.2) == pytest.approx(mean, rel=1e-4)


def test_shipped_cards_are_balanced_and_composed_by_the_script():
    cards = compose_cards(0)
    for item in codebook().cards:
        assert np.array_equal(
            shipped_cards()[item.name].ravel(), cards[item.name].to_numpy()
        )
        counts = pd.Series(cards[item.name]).value_counts()
        assert counts.max() == counts.min() == 180 / len(item.levels)


def test_of_many_moves_some_are_fitted(ground, monkeypatch):
    """Spread evenly over the file; fewer than the most are all taken."""
    survey = read_survey(SHIPPED / "firms.csv")
    every = revealed_choices(survey, ground, np.ones(survey.kept))
    monkeypatch.setattr("calibration.choice.sites.MOST_MOVES", 10)
    some = revealed_choices(survey, ground, np.ones(survey.kept))
    assert len(every) > 20 and len(some) == 10
    place = np.searchsorted(every.respondent, some.respondent)
    assert (every.respondent[place] == some.respondent).all()
    assert set(np.diff(place)) <= {2, 3}


def test_other_coefficients_move_constants_of_the_same_base_year(ground):
    """Near those of a base year built anew with them, and nothing else moves."""
    before = ground.rest.copy()
    values = {"site.rent": -2.5, "site.anchors": 0.4, "choice.keep": 2.2}
    moved, again = ground.with_parameters(values), ground.with_parameters(values)
    assert (moved.rest == again.rest).all() and (ground.rest == before).all()
    assert (moved.shared == ground.shared).all() and (moved.free == ground.free).all()
    assert (ground.with_parameters({}).rest == before).all()
    built = base_ground(tuple(values.items()))
    off = np.abs(moved.rest - built.rest).mean()
    # Firms of the other base year moved and grew otherwise for two years.
    assert off < 0.25 * np.abs(before - built.rest).mean()
