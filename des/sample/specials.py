"""Finds, in a loaded sample register, a meter point of each special kind, and one that is wholly ordinary."""

from datetime import date

from django.db.models import Q, QuerySet

from des.meterpoints.models import Meter, MeterPoint, SupplyPointAddress
from des.sample.generator import PUBLISHED_MPRNS


def special_mprns(*, on: date) -> dict[str, str]:
    """Return the MPRN of one meter point of each special kind, as `extinct_mprn` and so on."""
    live = MeterPoint.objects.filter(status="LI")
    plots = SupplyPointAddress.objects.filter(ended_on=None).exclude(plot_no="")
    found: dict[str, QuerySet[MeterPoint]] = {
        "extinct": MeterPoint.objects.filter(status="EX"),
        "dead": MeterPoint.objects.filter(status="DE"),
        "planned": MeterPoint.objects.filter(status="PL"),
        "nts": live.filter(site_kind="NTS"),
        "lpg": live.filter(site_kind="LPG"),
        "shared_supply": live.filter(site_kind="SHARED"),
        "exempt": live.filter(site_kind="EXEMPT"),
        "dummy_postcode": MeterPoint.objects.filter(Q(postcode__endswith="VV") | Q(postcode__endswith=" 1OT")),
        "igt": live.exclude(csep_id="").exclude(supplier=""),
        "twin_stream": live.filter(twin_stream=True),
        "plot": MeterPoint.objects.filter(mprn__in=plots.values("meter_point_id")),
        "unmatched_rel": live.filter(uprn=None, rel_match_score__lt=10),
        "unregistered": live.filter(supplier=""),
        "pending_switch": live.filter(next_supplier_from__gt=on),
        "pending_exchange": live.filter(next_msn_from__gt=on),
        "priority": live.exclude(priority_consumer=""),
        "published": MeterPoint.objects.filter(mprn__in=PUBLISHED_MPRNS),
    }
    return {
        f"{name}_mprn": str(mprn)
        for name, points in found.items()
        if (mprn := points.order_by("mprn").values_list("mprn", flat=True).first()) is not None
    }


def example_keys(*, shipper: str) -> dict[str, str] | None:
    """Return six keys that lead to one ordinary live point of a shipper, or nothing where it has none.

    MPRN, house within postcode, address, UPRN and MSN each lead to that point alone; its postcode holds
    others too.
    """
    ordinary = MeterPoint.objects.filter(
        status="LI",
        shipper=shipper,
        site_kind="STD",
        market_sector="D",
        csep_id="",
        rel_match_score=100,
        house_no__regex=r"^[0-9]+$",
        msn__regex="^[A-Z]",
        next_supplier=None,
        next_msn=None,
        mprn__gte=1_000_000_000,
    ).exclude(mprn__in=PUBLISHED_MPRNS)
    # A few dozen at most are looked at: nearly every numbered house will do.
    for point in ordinary.order_by("mprn")[:500]:
        if _is_alone(point):
            return {
                "mprn": str(point.mprn),
                "postcode": point.postcode,
                "postcode_house": f"{point.postcode} {point.house_no}",
                "address": f"{point.house_no} {point.street} {point.place.town}",
                "uprn": str(point.uprn),
                "msn": point.msn,
            }
    return None


def _is_alone(point: MeterPoint) -> bool:
    neighbours = MeterPoint.objects.filter(postcode=point.postcode)
    namesakes = MeterPoint.objects.filter(street=point.street, house_no=point.house_no, place__town=point.place.town)
    return (
        neighbours.count() > 3
        and neighbours.filter(address_order__startswith=point.address_order).count() == 1
        and point.address.startswith(f"{point.house_no} {point.street},")
        and MeterPoint.objects.filter(uprn=point.uprn).count() == 1
        and Meter.objects.filter(msn=point.msn).count() == 1
        and namesakes.count() == 1
    )
