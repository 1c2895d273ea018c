"""The buildings of the sample register."""

from random import Random

import pytest

from des.identifiers import address_order
from des.sample.geography import PUBLISHED_LOCATION, Location
from des.sample.premises import WELSH_HOUSE_NAMES, Premises, premises_at


def many(location: Location, *, postcodes: int = 400) -> list[list[Premises]]:
    return [premises_at(location, size=20, random=Random(seed)) for seed in range(postcodes)]


def subs(groups: list[list[Premises]]) -> set[str]:
    return {premises.sub_building for group in groups for premises in group}


def test_a_postcode_gets_as_many_premises_as_it_has_points_and_no_address_twice() -> None:
    for group in many(PUBLISHED_LOCATION):
        assert len(group) == 20
        assert len({premises[:3] for premises in group}) == 20


@pytest.mark.parametrize(
    ("postcode", "country", "flat"),
    [
        ("G11 5AA", "S", "2/1"),
        ("EH6 5AA", "S", "1F2"),
        ("AB1 4BD", "S", "FLAT 1/2"),
        ("LS1 4AP", "E", "FLAT 2"),
        ("LS1 4AP", "E", "GROUND FLOOR FLAT"),
        ("LS1 4AP", "E", "UNIT 3"),
    ],
)
def test_flats_are_named_as_they_are_there(postcode: str, country: str, flat: str) -> None:
    assert flat in subs(many(PUBLISHED_LOCATION._replace(postcode=postcode, country=country)))


def test_welsh_houses_have_welsh_names() -> None:
    groups = many(PUBLISHED_LOCATION._replace(postcode="LL53 5ER", country="W"))
    assert set(WELSH_HOUSE_NAMES) & {premises.house_name for group in groups for premises in group}


def test_flat_two_comes_before_flat_ten() -> None:
    orders = [address_order(house_no="10", house_name="", part=f"FLAT {flat}") for flat in (1, 2, 10, 11)]
    assert orders == sorted(orders)
    assert address_order(house_no="9", house_name="", part="") < orders[0]


def test_an_address_order_fits_its_column() -> None:
    assert len(address_order(house_no="1", house_name="A " * 60, part="B " * 60)) <= 60


def test_a_postcode_of_flats_that_runs_out_of_blocks_goes_on_with_houses() -> None:
    """A national register has many points in few postcodes; some have hundreds."""
    seeds = range(60)
    groups = [premises_at(PUBLISHED_LOCATION._replace(country="E"), size=500, random=Random(seed)) for seed in seeds]
    assert all(len(group) == 500 for group in groups)
    assert any(group[0].sub_building.endswith(" 1") and not group[-1].sub_building for group in groups)
