"""What a meter point has been: its suppliers and shippers, its meters, and who looked after them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from accounts.access import Actor
from accounts.permissions import DataItem, MarketRole, Scope
from des.enquiries.columns import Column
from des.enquiries.enquiry import Enquiry, Order, Search
from des.enquiries.formats import DATE, NUMBER
from des.fields import MPRNField
from des.meterpoints.models import Meter, Registration
from des.meterpoints.querysets import all_in_force, holder_name
from des.meterpoints.scopes import HOLDER, held_by
from des.parties.codes import coded


class OfOneMeterPoint:
    """What the histories of a meter point share: asked for by MPRN, reached as the meter point is."""

    actor: Actor
    cleaned_data: dict[str, Any]

    def within(self, scope: Scope) -> Q:
        return held_by(self.actor, scope)

    def searches(self, records: QuerySet[Any]) -> Iterable[Search]:
        yield Search(records.filter(meter_point=self.cleaned_data["mprn"]))


class MeterHistoryEnquiry(OfOneMeterPoint, Enquiry):
    """The meters that a meter point has had, the newest first."""

    slug = "meter-history"
    title = "Meters"
    columns = (
        Column("msn", "Meter serial number", DataItem.METER, listed=True),
        Column("meter_installation_date", "Installed", DataItem.METER_DETAIL, "started_on", format=DATE, listed=True),
        Column("removal_date", "Removed", DataItem.METER_DETAIL, "ended_on", format=DATE, listed=True),
        Column("meter_device_status", "Status", DataItem.METER, "status", format=coded("meter_status"), listed=True),
        Column("meter_type", "Type", DataItem.METER, format=coded("meter_type"), listed=True),
        Column(
            "meter_mechanism", "Mechanism", DataItem.METER, "mechanism", format=coded("meter_mechanism"), listed=True
        ),
        Column("meter_number_of_dials", "Dials", DataItem.METER, "dials", format=NUMBER, listed=True),
        Column("meter_model", "Model", DataItem.METER_DETAIL, "model", listed=True),
    )
    order = (
        Order("started_on", DataItem.METER_DETAIL, newest_first=True),
        Order("meter_point_id", DataItem.METER_POINT),
    )

    asks = {"mprn": DataItem.METER_POINT}
    key = "meter_point_id"
    reaches = HOLDER

    mprn = MPRNField(required=True)

    def records(self) -> QuerySet[Any]:
        return Meter.objects.alias(**all_in_force(on=self.on, path="meter_point__"))


def registration_columns(item: DataItem) -> tuple[Column, ...]:
    return (
        Column("market_role", "Role", item, format=coded("market_role"), listed=True),
        Column("short_code", "Short code", item, listed=True),
        Column("name", "Name", item, holder_name("market_role", "short_code"), listed=True),
        Column("effective_from_date", "From", item, "started_on", format=DATE, listed=True),
        Column("effective_to_date", "Until", item, "ended_on", format=DATE, listed=True),
    )


class SupplyHistoryEnquiry(OfOneMeterPoint, Enquiry):
    """The suppliers and shippers of a meter point, past, present and to come."""

    slug = "supply-history"
    title = "Suppliers and shippers"
    columns = registration_columns(DataItem.OTHER_SUPPLIERS)
    order = (
        Order("started_on", DataItem.OTHER_SUPPLIERS, newest_first=True),
        Order("market_role", DataItem.OTHER_SUPPLIERS),
    )

    asks = {"mprn": DataItem.METER_POINT}
    key = "meter_point_id"
    reaches = HOLDER

    mprn = MPRNField(required=True)

    def records(self) -> QuerySet[Any]:
        held = Registration.objects.filter(market_role__in=[MarketRole.SUPPLIER, MarketRole.SHIPPER])
        return held.alias(**all_in_force(on=self.on, path="meter_point__"))


class MeterAgentHistoryEnquiry(OfOneMeterPoint, Enquiry):
    """The meter asset managers and providers of a meter point, past, present and to come."""

    slug = "meter-agent-history"
    title = "Meter asset managers and providers"
    columns = registration_columns(DataItem.METER_AGENTS)
    order = (Order("started_on", DataItem.METER_AGENTS, newest_first=True), Order("market_role", DataItem.METER_AGENTS))

    asks = {"mprn": DataItem.METER_POINT}
    key = "meter_point_id"
    reaches = HOLDER

    mprn = MPRNField(required=True)

    def records(self) -> QuerySet[Any]:
        held = Registration.objects.filter(market_role__in=[MarketRole.MAM, MarketRole.MAP])
        return held.alias(**all_in_force(on=self.on, path="meter_point__"))
