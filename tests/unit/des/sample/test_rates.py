"""How often the special cases occur."""

import pytest

from des.sample.rates import NATIONAL, SHARE, Case, Cases


def counted(*, points: int, seed: int = 1) -> dict[Case, int]:
    counts = dict.fromkeys(Case, 0)
    for cases in Cases(points=points, seed=seed).within(range(points)).values():
        for case in cases:
            counts[case] += 1
    return counts


@pytest.mark.parametrize("points", [3_000, 20_000, 100_000])
def test_every_case_occurs_in_a_small_register(points: int) -> None:
    assert min(counted(points=points).values()) >= 3


def test_defects_occur_at_their_national_rates() -> None:
    counts = counted(points=1_000_000)
    for case in (Case.DUMMY_POSTCODE, Case.NO_NAME_OR_NUMBER, Case.NO_NAME_NUMBER_OR_ALIAS, Case.UNMATCHED):
        assert counts[case] == pytest.approx(1_000_000 * SHARE[case], rel=0.02)
    assert SHARE[Case.DUMMY_POSTCODE] * NATIONAL == pytest.approx(30_234)


def test_cases_do_not_depend_on_how_the_register_is_cut() -> None:
    cases = Cases(points=20_000, seed=3)
    halves = cases.within(range(7_777)) | cases.within(range(7_777, 20_000))
    assert halves == cases.within(range(20_000))


def test_a_tiny_register_is_mostly_ordinary() -> None:
    assert len(Cases(points=20, seed=1).within(range(20))) < 20
