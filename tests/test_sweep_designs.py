"""Designs and their points: what nests, what is counted, what a command repeats."""

import json
import shlex
from pathlib import Path

import numpy as np
import pytest

from experiments.factors import GROUPS, LEVER, Factor, Problem, factors_with_role
from experiments.sweep.design import APART, Place, identifying, request_at
from experiments.sweep.levers import setting_of
from experiments.sweep.methods import METHODS, levels_of
from experiments.sweep.plan import make_plan
from experiments.sweep.reading import read_design, shipped_designs
from mediapark.options import Ground
from mediapark.running import request_of
from model.simulation import CATALOGUE
from tests.small_runs import SMALL, UNTIL

HERE = Path(__file__).parent
SPACE = Problem(
    (
        Factor("a", 0.0, 1.0, group="one"),
        Factor("b", -2.0, 2.0, group="two"),
        Factor("c", 0.0, 5.0, group="two"),
        Factor("whole", 1.0, 3.0, group="three", kind="integer"),
        Factor("kind", 0.0, 1.0, group="four", kind="categorical", levels=("x", "y")),
    )
)
DEFAULTS = np.array([0.5, 0.0, 1.0, 2.0, 0.0])


def method(kind, **more):
    return METHODS[kind].model_validate({"kind": kind, **more})


def sampled(kind, **more):
    return method(kind, **more).sample(SPACE, DEFAULTS)


ALL_METHODS = [
    ("one-at-a-time", {"levels": 3}),
    ("morris", {"trajectories": 6}),
    ("morris", {"trajectories": 6, "grouped": True}),
    ("morris", {"trajectories": 6, "radial": True}),
    ("morris", {"trajectories": 5, "radial": True, "grouped": True}),
    ("sobol", {"base_points": 16}),
    ("sobol", {"base_points": 16, "second_order": True}),
    ("sobol", {"base_points": 16, "grouped": True}),
    ("latin-hypercube", {"points": 30}),
    ("factorial", {"levels": 4}),
]


@pytest.mark.parametrize(("kind", "more"), ALL_METHODS)
def test_points_are_counted_before_they_are_drawn_and_lie_in_range(kind, more):
    points = sampled(kind, **more)
    assert points.shape == (method(kind, **more).count(SPACE), len(SPACE))
    low, high = np.array([(factor.low, factor.high) for factor in SPACE]).T
    assert (points >= low).all()
    assert (points <= high).all()
    assert (points[:, 3:] == np.round(points[:, 3:])).all()
    assert np.array_equal(points, sampled(kind, **more))


@pytest.mark.parametrize(
    ("kind", "size", "more"),
    [
        ("sobol", "base_points", {}),
        ("sobol", "base_points", {"second_order": True, "grouped": True}),
        ("morris", "trajectories", {}),
        ("morris", "trajectories", {"radial": True}),
    ],
)
@pytest.mark.parametrize("seed", [0, 7])
def test_twice_as_many_points_begin_with_the_ones_there_were(kind, size, more, seed):
    assert METHODS[kind].grows == size
    small = sampled(kind, **{size: 8}, seed=seed, **more)
    large = sampled(kind, **{size: 16}, seed=seed, **more)
    assert len(large) == 2 * len(small)
    assert np.array_equal(large[: len(small)], small)


def test_a_latin_hypercube_does_not_nest_and_says_so():
    assert METHODS["latin-hypercube"].grows == ""
    small, large = (sampled("latin-hypercube", points=n) for n in (8, 16))
    assert not np.array_equal(large[:8], small)


@pytest.mark.parametrize("kind", ["morris", "sobol", "latin-hypercube"])
def test_zero_is_a_seed(kind):
    assert np.array_equal(sampled(kind, seed=0), sampled(kind, seed=0))
    assert not np.array_equal(sampled(kind, seed=0), sampled(kind, seed=1))


def test_a_radial_screening_is_a_part_of_the_sobol_design():
    radial = sampled("morris", trajectories=8, radial=True)
    sobol = sampled("sobol", base_points=8)
    points = {tuple(row) for row in sobol}
    assert all(tuple(row) in points for row in radial)
    # A star: all rows of a block differ from its first one in one factor at most.
    stars = radial.reshape(8, len(SPACE) + 1, len(SPACE))
    assert ((stars != stars[:, :1]).sum(axis=2) <= 1).all()


def test_each_step_of_a_trajectory_moves_one_factor_or_one_group():
    steps = sampled("morris", trajectories=5).reshape(5, 6, 5)
    assert ((np.diff(steps, axis=1) != 0).sum(axis=2) <= 1).all()
    grouped = sampled("morris", trajectories=5, grouped=True).reshape(5, 5, 5)
    moved = np.diff(grouped, axis=1) != 0
    assert (moved[:, :, 1] == moved[:, :, 2]).all()


def test_one_at_a_time_leaves_all_others_at_their_defaults():
    points = sampled("one-at-a-time", levels=3)
    assert points[0].tolist() == DEFAULTS.tolist()
    assert ((points != DEFAULTS).sum(axis=1) <= 1).all()
    assert points[points[:, 1] != 0.0, 1].tolist() == [-2.0, 2.0]


def test_levels_are_whole_once_and_all_of_a_choice():
    _, _, _, whole, kind = SPACE
    assert levels_of(whole, 7) == [1.0, 2.0, 3.0]
    assert levels_of(kind, 7) == [0.0, 1.0]
    assert len(sampled("factorial", levels=3)) == 3 * 3 * 3 * 3 * 2


def test_every_block_of_parameters_has_a_group():
    missing = {declared.block for declared in CATALOGUE} - set(GROUPS)
    assert not missing, f"add {sorted(missing)} to GROUPS in experiments/factors.py"


@pytest.mark.parametrize("name", shipped_designs())
def test_every_shipped_design_is_read_and_its_first_run_made(name):
    design = read_design(name)
    assert len(design.sample) == design.method.count(design.problem)
    variants = len(design.variants) - bool(design.choices)
    request = request_at(design, Place(len(design.sample) - 1, variants - 1, 0))
    assert len(request.key) == 32
    assert design.question.endswith("?")


def test_all_means_every_uncertain_parameter():
    varied = {factor.name for factor in factors_with_role()}
    assert set(read_design("screening").problem.names) == varied
    assert len(varied) > 50


DESIGN = f"""
name: small
question: Does it hold?
scenarios: [reference, full-plan]
uncertainties: [people, site.rent]
ranges:
  site.rent: [-3, -1]
levers:
  media-1.m2: [0, 12000]
  park.delay_months: [0, 60]
method:
  kind: sobol
  base_points: 2
replicates: 2
key: 5
until: {UNTIL}
grid: {SMALL}
"""


def written(folder: Path, text: str = DESIGN, name: str = "small") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(text.replace("name: small", f"name: {name}"), encoding="utf-8")
    return path


def test_a_run_repeats_by_its_own_command(tmp_path):
    design = read_design(written(tmp_path))
    plan = make_plan(design)
    for index in (0, 5, len(plan) - 1):
        request = plan.request(index)
        words = shlex.split(request.command)
        assert words[:2] == ["mediapark", "run"]
        name, options = words[2], words[3:]
        assert len(options) % 2 == 0
        pairs = [*zip(options[::2], options[1::2], strict=True)]
        given = dict(pair for pair in pairs if pair[0] != "--set")
        settings = tuple(value for option, value in pairs if option == "--set")
        ground = Ground(
            int(given["--key"]), given["--until"], 1.0, given["--grid"], settings, None
        )
        assert request_of(name, ground, None).key == request.key == plan.keys[index]


def test_the_plan_crosses_points_replicates_and_scenarios(tmp_path):
    design = read_design(written(tmp_path))
    frame = make_plan(design).table.to_pandas()
    assert len(frame) == len(design.sample) * 2 * 2
    assert frame["point"].is_monotonic_increasing
    # The points of a block share their keys, and the next block has others.
    row = design.method.row(design.problem)
    blocks = frame.groupby(frame["point"] // row)["replicate"].agg(set).tolist()
    assert blocks == [{5, 6}, {APART + 5, APART + 6}]
    pairs = frame.groupby(["point", "replicate"])["scenario"].agg(list)
    assert all(pair == ["reference", "full-plan"] for pair in pairs)
    # Levers leave the reference alone: in each block of k + 2 rows, the two in which
    # only a lever moved ask for a run that is there already.
    keys = frame.groupby("scenario")["key"].nunique()
    levers = sum(factor.group == "policy" for factor in design.problem)
    assert levers == 2
    assert keys["full-plan"] == len(frame) / 2
    assert keys["reference"] == len(frame) / 2 - 2 * 2 * levers


def test_levers_take_the_size_of_the_point(tmp_path):
    design = read_design(written(tmp_path))
    plan = make_plan(design)
    names = design.problem.names
    for index in (1, len(plan) - 1):
        request = plan.request(index)
        point = plan.places[index].point
        levers = {lever.slug: lever for lever in request.scenario.levers}
        m2 = design.sample[point, names.index(f"{LEVER}media-1.m2")]
        months = design.sample[point, names.index(f"{LEVER}park.delay_months")]
        assert levers["media-1"].m2 == m2
        assert levers["park"].delay_months.low == months == int(months)


def test_settings_are_typed_as_a_person_would():
    assert setting_of(f"{LEVER}media-1.m2", 6000.0) == "levers.media-1.m2=6000"
    assert setting_of(f"{LEVER}media-1.m2", 0.1) == "levers.media-1.m2=0.1"


SEEDED = f"""
name: seeded
question: Luck or policy?
uncertainties: [growth.trend]
levers:
  scenario: [reference, full-plan]
seeds: 3
method:
  kind: factorial
  levels: 2
key: 10
until: {UNTIL}
grid: {SMALL}
"""


def test_scenario_and_seed_can_be_factors(tmp_path):
    design = read_design(written(tmp_path, SEEDED, "seeded"))
    assert design.problem.names == ("growth.trend", "seed", "scenario")
    assert [factor.group for factor in design.problem][1:] == ["seed", "policy"]
    frame = make_plan(design).table.to_pandas()
    assert len(frame) == 2 * 3 * 2
    assert set(frame["replicate"]) == {10, 11, 12}
    assert set(frame["scenario"]) == {"reference", "full-plan"}


def test_what_can_grow_is_not_part_of_the_identity(tmp_path):
    design = read_design(written(tmp_path))
    text = DESIGN.replace("base_points: 2", "base_points: 4")
    more = text.replace("replicates: 2", "replicates: 9")
    assert read_design(written(tmp_path, more)).identity == design.identity
    for old, new in (
        ("key: 5", "key: 6"),
        ("people, ", ""),
        ("[-3, -1]", "[-3, -2]"),
        ("full-plan", "committed+slippage"),
    ):
        changed = DESIGN.replace(old, new).replace("committed+slippage", "slim-green")
        if "slim-green" in changed:
            changed = changed.replace("  media-1.m2: [0, 12000]\n", "")
        assert read_design(written(tmp_path, changed)).identity != design.identity
    json.dumps(identifying(design.facts))


def test_what_a_scenario_sets_itself_is_left_alone_and_told(tmp_path):
    text = DESIGN.replace("reference, full", "reference+telework-high, full")
    design = read_design(written(tmp_path, text))
    assert "telework.after" not in design.problem.names
    assert any("telework.after is not varied" in note for note in design.notes)


def test_own_groups_are_groups(tmp_path):
    text = DESIGN.replace("[people, site.rent]", "[moving]")
    text += "groups:\n  moving: [relocation.rate, choice.keep, site.rent]\n"
    design = read_design(written(tmp_path, text))
    assert design.problem.groups == ("moving", "policy")
    assert design.problem.names[:3] == ("relocation.rate", "site.rent", "choice.keep")


def test_the_design_on_show_can_be_used(tmp_path):
    page = (HERE.parent / "docs" / "designs.md").read_text(encoding="utf-8")
    text = page.partition("```yaml\n")[2].partition("```")[0]
    design = read_design(written(tmp_path, text.replace("rents", "small", 1)))
    assert f"{LEVER}cheap-rent.share" in design.problem.names
