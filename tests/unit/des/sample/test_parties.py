"""Who holds the meter points of the sample register: all of them participants, all codes with a meaning."""

import csv
from collections import Counter
from random import Random

import pytest

from des.sample.geography import DATA
from des.sample.parties import PARTIES_DATA, Market, transporters


def rows(path: str) -> list[dict[str, str]]:
    with (DATA / path).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def participants() -> set[tuple[str, str]]:
    return {(row["role"], row["short_code"]) for row in rows(str(PARTIES_DATA / "participants.csv"))}


def test_every_holder_is_a_participant(participants: set[tuple[str, str]]) -> None:
    assert {("supplier", row["supplier"]) for row in rows("suppliers.csv")} <= participants
    assert {("shipper", row["shipper"]) for row in rows("suppliers.csv")} <= participants
    assert {(row["role"], row["short_code"]) for row in rows("agents.csv")} <= participants
    assert {("gt", code) for code in transporters().values()} <= participants


def test_every_short_code_has_three_letters(participants: set[tuple[str, str]]) -> None:
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for _, code in participants)


def test_invented_codes_say_so() -> None:
    for row in rows(str(PARTIES_DATA / "participants.csv")):
        assert row["basis"].startswith("invented") == (row["role"] in {"gt", "igt", "map"})


def test_a_code_has_one_meaning_in_its_set() -> None:
    codes = rows(str(PARTIES_DATA / "codes.csv"))
    assert len({(row["code_set"], row["code"]) for row in codes}) == len(codes)
    assert all(row["meaning"] and row["basis"] for row in codes)


def test_a_market_is_drawn_by_its_shares() -> None:
    market = Market([("large", 90), ("small", 10)])
    random = Random(1)
    drawn = Counter(market.draw(random) for _ in range(2_000))
    assert drawn["large"] == pytest.approx(1_800, rel=0.05)
