"""Frames, layers, words and the fan-out, without a server."""

import asyncio
import json
import re
from itertools import chain
from pathlib import Path

import numpy as np
import pytest

from live import fanout
from live.access import Access, Bucket
from live.fanout import Client
from live.frame_store import Track
from live.frames import folded, frame_of, packed, unpacked
from live.layers import LAYERS, Layer
from live.run import Month
from live.words import all_words, text
from live.world import borders, shown_indicators, world_of
from model.geography import load_region
from model.indicators import INDICATORS
from model.processes.society import STAGES
from model.scenario.faults import schema_of
from model.scenario.levers import KINDS
from model.simulation import MediaparkModel
from tests.small_runs import SMALL

LIVE = Path(__file__).parents[1] / "live"
MOST_BYTES = 30_000
PARTS = re.compile(r"\{(\w*)\}")


def test_arrays_come_back_as_they_went_and_start_at_eights():
    arrays = {
        "bytes": np.arange(5, dtype=np.uint8),
        "words": np.arange(3, dtype=np.uint16),
        "none": np.zeros(0, np.uint32),
        "long": np.array([2**32 - 1], np.uint32),
    }
    for title in ("", "é", "<b>é</b>"):
        data = packed({"run": title}, arrays)
        frame = unpacked(data)
        assert frame.header["run"] == title
        for name, array in arrays.items():
            assert frame.arrays[name].dtype == array.dtype
            assert np.array_equal(frame.arrays[name], array)
        size = int.from_bytes(data[4:8], "little")
        assert (8 + size) % 8 == 0
        assert all(one["offset"] % 8 == 0 for one in frame.header["arrays"])
    with pytest.raises(ValueError):
        unpacked(b"MPF9" + data[4:])


@pytest.mark.parametrize("layer", LAYERS, ids=lambda one: one.key)
def test_a_byte_tells_a_layer_to_half_a_step(layer: Layer):
    inner = np.geomspace if layer.scale == "log" else np.linspace
    values = inner(layer.low, layer.high, 1000)
    codes = layer.coded(values)
    assert (codes[0], codes[-1]) == (1, 255)
    assert (np.diff(codes.astype(int)) >= 0).all()
    back = np.array([layer.decoded(int(code)) for code in codes])
    if layer.scale == "log":
        values, back = np.log(values), np.log(back)
    step = (values[-1] - values[0]) / 254
    assert np.abs(back - values).max() <= step / 2 * (1 + 1e-9)
    beyond = layer.coded(np.array([np.nan, layer.low / 2 - 9, layer.high * 2]))
    assert beyond.tolist() == [0, 1, 255]
    assert layer.decoded(0) is None


def test_a_frame_tells_what_the_model_holds(small_model):
    model = small_model("full-plan")
    for _ in range(5):
        model.step()
    frame = unpacked(frame_of(model.state, "A", 5))
    firms, shown = model.firms, frame.arrays
    assert (frame.header["month"], frame.header["t"]) == ("2018-05", 5)
    assert np.array_equal(shown["firm_cell"], firms.cell)
    assert np.array_equal(shown["firm_id"], folded(firms.address))
    assert np.array_equal(shown["firm_size"], np.minimum(firms.jobs, 255))
    [vrt] = [one for one in frame.header["anchors"] if one["name"] == "VRT"]
    assert vrt["jobs"] == firms.jobs.max()
    jobs = np.bincount(firms.cell, firms.jobs, len(model.region))
    assert ((shown["layer.jobs"] > 0) == (jobs > 0)).all()
    members = shown["community_members"]
    assert members.sum() == len(model.memberships)


@pytest.mark.slow
def test_frames_at_full_scale_are_small():
    model = MediaparkModel("full-plan", rng=0)
    sizes = []
    for t in range(25):
        model.step()
        sizes.append(len(frame_of(model.state, "A", t)))
    assert max(sizes) <= MOST_BYTES


def test_lines_are_where_parts_meet():
    region = load_region(SMALL)
    outline = borders(region, np.zeros(len(region), np.int32))
    left, top = region.col.min(), region.row.min()
    right, bottom = region.col.max() + 1, region.row.max() + 1
    sides = {(left, top, left, bottom), (right, top, right, bottom)}
    sides |= {(left, top, right, top), (left, bottom, right, bottom)}
    assert set(map(tuple, outline)) == sides  # the small region is a square
    halves = (region.col >= left + 6).astype(np.int32)
    assert [left + 6, top, left + 6, bottom] in borders(region, halves)


def test_every_word_is_there_in_three_languages():
    words = all_words()
    for key, languages in words.items():
        assert set(languages) == {"en", "fr", "nl"}, key
        parts = {frozenset(PARTS.findall(one)) for one in languages.values()}
        assert len(parts) == 1, f"{key}: not the same parts in all languages"
    fields = {
        key for kind in KINDS.values() for key in schema_of(kind)["properties"]
    } - {"slug", "kind", "title", "source", "nature", "region_share", "delay_months"}
    needed = {f"lever.{kind}" for kind in KINDS} | {f"field.{key}" for key in fields}
    needed |= {f"layer.{one.key}" for one in LAYERS}
    needed |= {f"stage.{stage}" for stage in STAGES}
    region = load_region()
    needed |= {f"caveat.{name}" for name, _ in shown_indicators(region)}
    assert needed <= set(words)
    for name, _ in shown_indicators(region):
        told = words[f"caveat.{name}"]["en"]
        assert bool(told) == bool(INDICATORS[name].caveat), name


def test_keys_that_the_program_names_are_there():
    said = re.compile(r"""(?<![\w.])text\(\s*f?"([\w. ]+)["{]""")
    for file in LIVE.glob("*.py"):
        for key in said.findall(file.read_text("utf-8")):
            known = [one for one in all_words() if one.startswith(key)]
            assert known, f"{file.name}: {key}"


def test_parts_are_put_in_by_language():
    found = text("feed.firm", what={"en": "press", "fr": "presse", "nl": "pers"})
    assert found["nl"] == "Een bedrijf (pers)"
    with pytest.raises(KeyError):
        text("feed.firm")


def test_the_world_of_the_whole_region_is_complete(scenario):
    world = world_of(load_region(), scenario("full-plan"), 7, "1.0")
    assert (world["start"], world["end"], world["key"]) == ("2018-01", "2040-12", "7")
    assert len(world["stations"]) == 105
    assert {one["kind"] for one in world["stations"]} == {"metro", "premetro", "rail"}
    cells = world["cells"]
    for one in (*world["places"], *world["stations"]):
        assert 0 <= one["x"] <= cells["cols"] and 0 <= one["y"] <= cells["rows"]
    places = {one["key"]: one for one in world["places"]}
    merode = [one for one in world["stations"] if "Merode" in one["name"]["fr"]]
    # Mérode lies 1.6 km south-southwest of the VRT tower: 6 to 8 cells.
    away = [places["vrt"]["y"] - one["y"] for one in merode]
    assert all(-9 < south < -4 for south in away)
    json.dumps(world)


class Told:
    """A room that tells months, for one client."""

    epoch, start, version, blackout = 0, 24215, 0, False

    def __init__(self):
        self.track, self.t = Track(), -1

    def month(self):
        self.t += 1
        self.version += 1
        frame = packed({"run": "A", "month": str(self.t), "t": self.t}, {})
        self.track.keep(Month(self.t, frame, {"jobs": float(self.t)}, []))

    def tracks(self):
        return {"A": self.track}

    def state_text(self):
        return json.dumps({"is": "state", "t": self.t})

    def bands_text(self):
        return {}


async def heard_while(room, months, blocked, rate=None):
    """What a client gets while months pass; it takes nothing while ``blocked``."""
    heard, door = [], asyncio.Event()

    async def send(message):
        await door.wait()
        heard.append(message)

    client = Client(room, send, "facilitator", rate)
    task = asyncio.create_task(client.tell_for_ever())
    if not blocked:
        door.set()
    for _ in range(months):
        room.month()
        client.wake()
        await asyncio.sleep(0)
        client.acknowledge()
    door.set()
    for _ in range(20):
        client.acknowledge()
        await asyncio.sleep(0.02)
    task.cancel()
    return heard


@pytest.mark.parametrize("blocked", [True, False])
def test_a_slow_client_gets_all_points_and_the_newest_frame(blocked):
    room = Told()
    months = 500
    heard = asyncio.run(heard_while(room, months, blocked))
    told = [json.loads(one) for one in heard if isinstance(one, str)]
    points = [one["series"]["jobs"] for one in told if one["is"] == "points"]
    assert list(chain(*points)) == [float(t) for t in range(months)]
    frames = [unpacked(one).header["t"] for one in heard if isinstance(one, bytes)]
    assert frames[-1] == months - 1
    assert len(frames) < months / 2  # frames are skipped, points are not
    if blocked:  # it kept nothing for whoever did not listen
        assert len(heard) < 10


def test_no_frame_follows_before_the_last_is_drawn(monkeypatch):
    monkeypatch.setattr(fanout, "MOST_UNSEEN", 60.0)

    async def play():
        room, heard = Told(), []

        async def send(message):
            heard.append(message)

        client = Client(room, send, "facilitator")
        task = asyncio.create_task(client.tell_for_ever())
        for _ in range(50):
            room.month()
            client.wake()
            await asyncio.sleep(0.005)
        seen = [one for one in heard if isinstance(one, bytes)]
        client.acknowledge()
        await asyncio.sleep(0.1)
        task.cancel()
        return seen, [one for one in heard if isinstance(one, bytes)]

    before, after = asyncio.run(play())
    assert len(before) == 1
    assert [unpacked(one).header["t"] for one in after[1:]] == [49]


def test_keys_hosts_and_buckets():
    access = Access.new(8000, "192.168.1.7")
    assert access.is_facilitator(access.key)
    for wrong in (None, "", 5, access.key[:-1], access.key + "x", ["x"], "é"):
        assert not access.is_facilitator(wrong)
    assert access.key != Access.new(8000).key
    assert access.knows_host("192.168.1.7:8000") and access.knows_host("localhost:8000")
    for host in ("example.org:8000", "127.0.0.1", "127.0.0.1:8001", None, ""):
        assert not access.knows_host(host)
    assert access.knows_origin("http://127.0.0.1:8000") and access.knows_origin(None)
    for origin in ("http://127.0.0.1", "null", "http://127.0.0.1:8000.evil.org"):
        assert not access.knows_origin(origin)
    bucket = Bucket(per_second=0.001, most=3)
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]


def test_an_age_is_told_in_whole_years():
    from live.feed import age_words

    said = [age_words(months)["en"] for months in (0, 11, 12, 23, 24, 140)]
    assert said == [
        "less than a year", "less than a year", "a year", "a year", "2 years",
        "11 years",
    ]  # fmt: skip
