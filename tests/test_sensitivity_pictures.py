"""Ranking, convergence and pictures of every method; texts in every language."""

import re
from string import Formatter

import numpy as np
import pytest
from SALib.sample import latin, morris

from experiments.factors import Factor, Problem
from experiments.report.texts import Texts
from experiments.sensitivity.analysis import (
    Method,
    analyse,
    convergence,
    matters,
    ranking,
)
from experiments.sensitivity.drawing import saved, style
from experiments.sensitivity.pictures import (
    heat_map,
    index_bars,
    settling,
    star_and_sigma,
    tornado,
)
from experiments.sensitivity.points import Points
from experiments.sensitivity.resampling import Bootstrap
from experiments.sensitivity.responses import Responses
from model.errors import InputError
from model.texts import texts_of
from tests.noisy_functions import (
    NAMES,
    PROBLEM,
    design,
    ishigami,
    noisy_ishigami,
    points,
)

FEW = Bootstrap(100)
PACKAGES = ("experiments.sensitivity", "experiments.robustness")


def grid() -> np.ndarray:
    axes = [np.array([-2.0, 0.5, 1.5])] * 4
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 4)


def star() -> np.ndarray:
    rows = [np.zeros(4)]
    for at in range(4):
        for value in (-3.0, 2.0):
            rows.append(np.where(np.arange(4) == at, value, 0.0))
    return np.array(rows)


SAMPLES = {
    "sobol": lambda: design(64),
    "morris": lambda: morris.sample(PROBLEM.salib(), 16, seed=0),
    "latin-hypercube": lambda: latin.sample(PROBLEM.salib(), 200, seed=0),
    "factorial": grid,
    "one-at-a-time": star,
}


def figure(kind: str, name: str = "jobs, reyers") -> tuple[Points, Responses]:
    """Ishigami with luck that is alike everywhere, and a little that is not."""
    x = SAMPLES[kind]()
    drawn = np.random.default_rng(0)
    luck = drawn.normal(size=3) + 0.1 * drawn.normal(size=(len(x), 3))
    keys = np.broadcast_to(np.arange(3), luck.shape).astype(np.uint64)
    return Points(PROBLEM, x), Responses(
        ishigami(x)[:, None] + luck, keys, name, "jobs"
    )


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_method_ranks_and_is_drawn_the_same_twice(kind, tmp_path):
    where, responses = figure(kind)
    _, other = figure(kind, "firms, reyers")
    found = analyse(Method(kind), where, [responses], FEW, [other])
    assert found.figures == ("jobs, reyers", "firms, reyers")
    ranked = found.ranking("jobs, reyers")
    assert not matters(ranked)[ranked["factor"] == "dummy"].any()
    assert "dummy" in ranked["factor"].tolist()[2:] or kind == "one-at-a-time"
    first, again = (drawn(found, tmp_path / which) for which in ("one", "two"))
    assert first == again
    assert all(len(content) > 5_000 for content in first.values())


def drawn(found, folder) -> dict[str, bytes]:
    """All pictures of a method, drawn from the start."""
    kind, name = found.method.kind, found.figures[0]
    main = {"morris": star_and_sigma, "one-at-a-time": tornado}.get(kind, index_bars)
    words = Texts("fr", PACKAGES[0])
    files = []
    with style():
        files += saved(main(found, name, "emplois", words), folder, "main")
        names = {one: one for one in found.figures}
        files += saved(heat_map(found, names, "tout", words), folder, "heat")
        if len(found.convergence):
            picture = settling(found, name, "emplois", words)
            files += saved(picture, folder, "settling")
    return {file.name: file.read_bytes() for file in files}


def test_indices_settle_as_the_design_grows():
    responses = noisy_ishigami(256, shared="row")
    frame = convergence(Method("sobol"), points(256), responses, FEW)
    assert frame["rows"].unique().tolist() == [32, 64, 128, 256]
    widths = (frame["high"] - frame["low"])[frame["factor"] == "x1"].tolist()
    assert widths[0] > widths[-1]
    last = frame[frame["rows"] == 256].set_index("factor")["rank"]
    assert last.sort_values().index.tolist() == list(NAMES)
    found = analyse(Method("sobol"), points(256), [responses], FEW)
    state = found.settled("ishigami")
    assert state.rank == pytest.approx(1.0)
    assert 0.0 < state.width < 1.0
    assert ranking(found.of("ishigami"), "sobol")["factor"].tolist() == list(NAMES)


def test_what_somebody_asked_for_must_have_indices_and_the_rest_is_left_out():
    where, responses = figure("sobol")
    flat = np.random.default_rng(0).normal(size=(len(where), 1))
    # Replicates that point in opposite directions have no mean that varies.
    noise = Responses(flat * np.array([1.0, -1.0, 0.0]), responses.keys, "noise")
    with pytest.raises(InputError, match="noise: does not vary by more than chance"):
        analyse(Method("sobol"), where, [noise], FEW)
    found = analyse(Method("sobol"), where, [responses], FEW, [noise])
    assert [text.partition(":")[0] for text in found.left_out] == ["noise"]


def test_groups_are_ranked_under_their_own_names():
    grouped = Problem(
        tuple(
            Factor(f.name, f.low, f.high, group=g)
            for f, g in zip(PROBLEM, ["a", "b", "a", "b"], strict=True)
        )
    )
    from SALib.sample import sobol

    x = sobol.sample(grouped.salib(grouped=True), 256, calc_second_order=False, seed=0)
    keys = np.broadcast_to(np.arange(2), (len(x), 2)).astype(np.uint64)
    responses = Responses(np.repeat(ishigami(x)[:, None], 2, axis=1), keys, "y")
    method = Method.of({"kind": "sobol", "grouped": True})
    found = analyse(method, Points(grouped, x, grouped=True), [responses], FEW)
    ranked = found.ranking("y")
    # x1 and x3 interact with each other only: nothing is left between the groups.
    assert ranked["factor"].tolist() == ["a", "b"]
    np.testing.assert_allclose(ranked["value"], [0.5576, 0.4424], atol=0.03)


@pytest.mark.parametrize("package", PACKAGES)
def test_texts_are_there_in_three_languages_with_the_same_parts(package):
    for key, words in texts_of(package).items():
        assert set(words) == {"en", "fr", "nl"}, key
        parts = {
            language: {name for _, name, _, _ in Formatter().parse(text) if name}
            for language, text in words.items()
        }
        assert len({frozenset(found) for found in parts.values()}) == 1, key


@pytest.mark.parametrize("package", PACKAGES)
def test_every_text_is_used(package):
    from importlib import resources

    folder = resources.files(package)
    sources = "".join(
        file.read_text(encoding="utf-8")
        for file in folder.iterdir()
        if file.name.endswith((".py", ".jinja"))
    )
    unused = [
        key
        for key in texts_of(package)
        if f'"{key}"' not in sources
        and not re.search(rf'f?"{re.escape(key.rpartition(".")[0])}[._]', sources)
    ]
    assert unused == []
