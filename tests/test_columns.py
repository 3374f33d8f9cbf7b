"""Columns and Mesa agents tell the same story."""

import mesa
import numpy as np
import pytest

from model.columns import Column, ColumnAgent, Table
from model.errors import ModelError


class Dog(ColumnAgent):
    bones = Column(np.int32, unit="bones", means="bones it has")
    walks = Column(np.float64, unit="km", means="last walks", width=2)


class Cat(ColumnAgent):
    bones = Column(np.int32, unit="bones", means="bones it has")


@pytest.fixture
def kennel():
    model = mesa.Model(rng=1)
    table = Table(model, [Dog, Cat], capacity=2)
    table.add(5, bones=np.arange(5))
    return table


def test_an_agent_reads_and_writes_its_column(kennel):
    dog = kennel.agent(3)
    assert dog.bones == 3 and isinstance(dog.bones, int)
    dog.bones = 9
    assert kennel.bones.tolist() == [0, 1, 2, 9, 4]
    dog.walks = (1.0, 2.0)
    assert kennel.walks[3].tolist() == [1, 2]


def test_removal_takes_the_mesa_agent_and_moves_the_rows(kennel):
    last = kennel.agent(4)
    gone = kennel.agent(1)
    kennel.remove(np.array([1, 3]))
    assert kennel.bones.tolist() == [0, 2, 4]
    assert len(kennel.agents) == len(kennel.model.agents) == 3
    assert gone not in kennel.model.agents
    assert last.row == 2 and last.bones == 4
    with pytest.raises(ModelError, match="gone"):
        _ = gone.bones


def test_slots_outlive_rows(kennel):
    kennel.remove(np.array([0]))
    kennel.add(2, kind=1, bones=7)
    assert kennel.slot.tolist() == [1, 2, 3, 4, 5, 6]
    assert kennel.rows(np.array([0, 4, 6, -1])).tolist() == [-1, 3, 5, -1]
    assert sum(isinstance(agent, Cat) for agent in kennel.agents.values()) == 2
    assert len(kennel.model.agents_by_type[Cat]) == 2
    assert kennel.walks[4].tolist() == [0, 0]


def test_an_unknown_column_names_the_known_ones(kennel):
    with pytest.raises(AttributeError, match="bones"):
        _ = kennel.bark


def test_mesa_follows_when_somebody_looks(kennel):
    """Births, ends and turns that nobody saw leave the same agents behind."""
    kennel.add(2, bones=3)
    kennel.remove(np.array([5]))  # born and gone unseen
    kennel.turn(np.array([0, 5]), 1)  # one who was there, one not looked at yet
    seen = kennel.agents
    assert sorted(seen) == [0, 1, 2, 3, 4, 6]
    assert type(seen[0]) is Cat and type(seen[6]) is Cat and type(seen[1]) is Dog
    before = seen[1]
    kennel.turn(np.array([1]), 1)
    kennel.turn(np.array([1]), 0)
    assert kennel.agents[1].bones == before.bones and len(kennel.model.agents) == 6
    kennel.remove(np.arange(6))
    assert not kennel.agents and not len(kennel.model.agents)


def test_an_agent_has_one_number_whoever_looked_when():
    numbers = []
    for looks in (False, True):
        table = Table(mesa.Model(rng=1), [Dog, Cat], first_id=100)
        table.add(3)
        _ = table.agents if looks else None
        table.remove(np.array([1]))
        table.add(1)
        numbers.append(sorted(agent.unique_id for agent in table.agents.values()))
    assert numbers == [[100, 102, 103]] * 2
