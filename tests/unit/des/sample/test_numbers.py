"""The numbers that the sample register gives: unique, valid and in the ranges of their kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.identifiers import is_valid_mprn
from des.sample.numbers import GT_BODIES, IGT_BODIES, MOST_POINTS, SERIALS, Numbers, Scramble

SEEDS = st.integers(min_value=0, max_value=2**31 - 1)


@given(size=st.integers(min_value=2, max_value=2_000), seed=SEEDS)
def test_a_scramble_gives_every_number_once(size: int, seed: int) -> None:
    scramble = Scramble(size, seed=seed)
    assert sorted(map(scramble, range(size))) == list(range(size))


@given(seed=SEEDS, ordinal=st.integers(min_value=0, max_value=MOST_POINTS))
def test_every_number_has_its_shape(seed: int, ordinal: int) -> None:
    numbers = Numbers(seed=seed)
    gt, igt = numbers.gt_mprn(ordinal), numbers.igt_mprn(ordinal % IGT_BODIES)
    assert is_valid_mprn(gt)
    assert is_valid_mprn(igt)
    assert 74 <= int(str(igt)[:2]) <= 77
    assert len(str(igt)) == 10
    assert len(str(gt)) < 10 or not 74 <= int(str(gt)[:2]) <= 77
    assert str(numbers.uprn(ordinal))[:4] in {"9000", "9005"}
    assert len(str(numbers.uprn(ordinal))) == 12
    assert len(numbers.serial(ordinal)) == 8


def test_the_ranges_hold_every_point_of_the_country() -> None:
    assert GT_BODIES > MOST_POINTS
    assert SERIALS > MOST_POINTS
    assert IGT_BODIES > MOST_POINTS // 10


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_many_numbers_do_not_repeat(seed: int) -> None:
    numbers = Numbers(seed=seed)
    mprns = {numbers.gt_mprn(ordinal) for ordinal in range(30_000)}
    mprns |= {numbers.igt_mprn(ordinal) for ordinal in range(3_000)}
    assert len(mprns) == 33_000
