"""The defects of UK Link addresses."""

from random import Random

from des.identifiers import is_dummy_postcode, parse_postcode
from des.sample.addresses import Parts, dummy_postcode
from des.sample.geography import PUBLISHED_LOCATION


def test_every_form_of_dummy_postcode_occurs() -> None:
    random = Random(1)
    dummies = {dummy_postcode("BD2 1AA", random) for _ in range(2_000)}
    assert {"BD2 1VV", "BD2 1OT"} < dummies
    assert any(postcode.startswith("AA") for postcode in dummies)
    assert all(is_dummy_postcode(postcode) and parse_postcode(postcode) == postcode for postcode in dummies)


def test_an_address_in_one_line_leaves_out_what_is_missing() -> None:
    location = PUBLISHED_LOCATION._replace(dependent_locality="TORRY")
    flat = Parts("FLAT 2", "CASTLE COURT", "10", "", "", "ABERDEEN", "AB1 4BD")
    assert flat.one_line(location) == "FLAT 2, CASTLE COURT, 10 UNION STREET, TORRY, ABERDEEN"
    plot = Parts("", "", "", "", "PLOT 12", "", "AB1 4BD")
    assert plot.one_line(location) == "PLOT 12, UNION STREET, TORRY"
