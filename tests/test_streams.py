"""The generator is the published one, and a draw depends on its address alone."""

import math

import numpy as np
import pytest
from scipy import stats

from model import streams

# Known answers published with Random123 (kat_vectors, philox4x32 10).
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    (
        (0xFFFFFFFF,) * 4,
        (0xFFFFFFFF,) * 2,
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
    ),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_philox_gives_the_published_words(counter, key, words):
    call = [np.uint64(word) for word in (*counter, *key)]
    assert tuple(int(word) for word in streams.philox(*call)) == words


def draws(n, **address):
    where = {"key": 7, "purpose": streams.SITE, "month": 3, "agent": 11} | address
    return np.array([streams.uniform(**where, alternative=a) for a in range(n)])


@pytest.mark.parametrize(
    "other", [{"key": 8}, {"purpose": streams.MOVE}, {"month": 4}, {"agent": 12}]
)
def test_every_part_of_the_address_matters(other):
    here, there = draws(2000), draws(2000, **other)
    # Independent samples of 2,000: 4 standard errors of a correlation are 0.09.
    assert abs(np.corrcoef(here, there)[0, 1]) < 0.09


def test_uniforms_are_uniform_and_open():
    sample = draws(20_000)
    assert sample.min() > 0 and sample.max() < 1
    assert stats.kstest(sample, "uniform").pvalue > 1e-4  # one fixed sample


def test_addresses_use_all_64_bits():
    low, high = np.uint64(1), np.uint64(1 + 2**40)
    assert streams.uniform(0, 1, 1, low) != streams.uniform(0, 1, 1, high)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 1.0])
def test_nest_error_makes_a_gumbel_of_a_scaled_gumbel(share):
    n = 20_000
    u, v, w = draws(n), draws(n, agent=12), draws(n, agent=13)
    total = np.array(
        [
            share * streams.gumbel(a) + streams.nest_error(share, b, c)
            for a, b, c in zip(u, v, w, strict=True)
        ]
    )
    assert stats.kstest(total, stats.gumbel_r.cdf).pvalue > 1e-4  # one fixed sample


def test_poisson_never_falls_when_the_mean_rises():
    means = np.linspace(0.01, 5, 40)
    for u in draws(50):
        counts = [streams.poisson(u, m) for m in means]
        assert counts == sorted(counts)
    sample = [streams.poisson(u, 1.3) for u in draws(5000)]
    # Standard error of the mean of 5,000: 0.016; four of them.
    assert abs(np.mean(sample) - 1.3) < 0.065


def test_laplace_has_its_moments():
    sample = np.array([streams.laplace(u) for u in draws(20_000)])
    # Standard deviation sqrt(2); 4 standard errors: 0.04 (mean), 0.06 (variance 2).
    assert abs(sample.mean()) < 0.04
    assert abs(sample.var() - 2) < 0.13


def test_triangular_stays_inside_and_keeps_its_mean():
    sample = np.array([streams.triangular(u, 48.0, 60.0, 72.0) for u in draws(5000)])
    assert sample.min() >= 48 and sample.max() <= 72
    assert abs(sample.mean() - 60) < 4 * math.sqrt(24 / 5000)
    assert streams.triangular(0.3, 5.0, 5.0, 5.0) == 5.0


def test_newborn_addresses_are_distinct():
    seen = {
        int(streams.newborn_address(parent, month, k))
        for parent in range(60)
        for month in range(60)
        for k in range(3)
    }
    assert len(seen) == 60 * 60 * 3
