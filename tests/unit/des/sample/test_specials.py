"""The loaded sample register and the examples that are found in it."""

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from des.meterpoints.models import Meter, MeterPoint, SupplyPointAddress
from des.parties.models import RegisterState
from des.sample.load import loaded_sample
from des.sample.specials import example_keys, special_mprns

pytestmark = pytest.mark.django_db

SPECIALS = {
    "extinct", "dead", "planned", "nts", "lpg", "shared_supply", "exempt", "dummy_postcode", "igt", "twin_stream",
    "plot", "unmatched_rel", "unregistered", "pending_switch", "pending_exchange", "priority", "published",
}  # fmt: skip


def special(name: str) -> MeterPoint:
    return MeterPoint.objects.get(mprn=special_mprns(on=timezone.now().date())[f"{name}_mprn"])


def test_the_register_says_what_it_holds() -> None:
    loaded = loaded_sample()
    assert loaded is not None
    points, _ = loaded
    assert MeterPoint.objects.count() == points
    assert RegisterState.objects.get().as_at <= timezone.now()


@pytest.mark.parametrize("state", [None, RegisterState(points=24_500_000, seed=None)])
def test_no_register_and_a_real_one_are_no_sample(state: RegisterState | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RegisterState.objects, "first", lambda: state)
    assert loaded_sample() is None


def test_every_special_case_has_an_example() -> None:
    found = special_mprns(on=timezone.now().date())
    assert set(found) == {f"{name}_mprn" for name in SPECIALS}


def test_the_examples_are_what_they_are_called() -> None:
    today = timezone.now().date()
    assert special("extinct").status == "EX"
    assert special("extinct").supplier == ""
    assert special("igt").csep_id
    assert special("unregistered").withdrawal_status == "NR"
    assert special("unmatched_rel").uprn is None
    pending = special("pending_switch").next_supplier_from
    assert pending is not None
    assert pending > today
    assert SupplyPointAddress.objects.get(meter_point=special("plot"), ended_on=None).plot_no.startswith("PLOT ")
    assert special("published").mprn == 5_454_555


def test_six_keys_lead_to_one_point_of_a_shipper() -> None:
    keys = example_keys(shipper="OCT")
    assert keys is not None
    point = MeterPoint.objects.get(uprn=keys["uprn"])
    assert str(point.mprn) == keys["mprn"]
    assert (point.shipper, point.status) == ("OCT", "LI")
    assert Meter.objects.get(msn=keys["msn"]).meter_point_id == point.mprn
    assert MeterPoint.objects.get(postcode=point.postcode, house_no=point.house_no) == point
    assert keys["postcode_house"] == f"{keys['postcode']} {point.house_no}"
    assert MeterPoint.objects.filter(postcode=keys["postcode"]).count() > 3


def test_a_shipper_without_points_has_no_example() -> None:
    assert example_keys(shipper="ZZZ") is None


def test_the_command_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {}
    monkeypatch.setattr(
        "des.sample.management.commands.generate.load_sample_register", lambda **options: asked.update(options)
    )
    call_command("generate", "--points=500", "--seed=9")
    assert (asked["points"], asked["seed"]) == (500, 9)
    assert asked["as_at"] == timezone.now().date()
