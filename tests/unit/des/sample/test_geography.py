"""The geography of the sample register: real, spread over Great Britain, and in postcode order."""

import csv
from itertools import islice, pairwise

from des.identifiers import outcode, parse_postcode
from des.sample.geography import DATA, count_all_postcodes, locations, outcodes, streets
from des.sample.parties import PARTIES_DATA, transporters


def test_every_postcode_with_a_street_is_well_formed() -> None:
    assert all(parse_postcode(postcode) == postcode for postcode in streets())


def test_every_street_has_an_outcode_with_a_town() -> None:
    assert all(outcodes()[outcode(postcode)].town for postcode in streets())


def test_a_small_register_covers_the_three_nations_and_every_zone() -> None:
    chosen = list(locations(2_000))
    assert len(chosen) == 2_000
    assert {location.country for location in chosen} == {"E", "S", "W"}
    assert {location.ldz for location in chosen} == set(transporters())


def test_locations_come_in_postcode_order_without_repeats() -> None:
    postcodes = [location.postcode for location in locations(5_000)]
    assert all(first < second for first, second in pairwise(postcodes))


def test_a_national_register_uses_postcodes_without_a_street_of_their_own_too() -> None:
    count = count_all_postcodes()
    assert count > 1_300_000
    first = list(islice(locations(count), 3_000))
    assert len({location.postcode for location in first}) == 3_000
    assert all(location.street and location.town for location in first)
    assert sum(location.postcode in streets() for location in first) < 1_000


def test_a_locality_that_is_the_post_town_is_not_repeated() -> None:
    for location in locations(2_000):
        assert location.town not in {location.dependent_locality, location.double_dependent_locality}


def test_every_exit_zone_is_one_of_its_zone() -> None:
    with (PARTIES_DATA / "exit_zones.csv").open(newline="") as file:
        known = {(row["code"], row["ldz"]) for row in csv.DictReader(file)}
    assert {(place.exit_zone, place.ldz) for place in outcodes().values()} <= known


def test_the_data_are_plain_ascii_and_small() -> None:
    for name in ("outcodes.csv", "suppliers.csv", "agents.csv"):
        (DATA / name).read_text(encoding="ascii")
    assert all((street.street + street.locality + street.parent_locality).isascii() for street in streets().values())
    assert sum(file.stat().st_size for file in DATA.iterdir()) < 3_000_000
