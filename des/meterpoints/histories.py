"""What a meter point has been: its suppliers and shippers, its meters and their agents, its networks and addresses."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, Expression, F, Func, Q, QuerySet, TextField, Value, When
from django.db.models.functions import NullIf

from accounts.permissions import DataItem, MarketRole, Scope
from des.enquiries.columns import Column
from des.enquiries.enquiry import Enquiry, Order, Search
from des.enquiries.formats import CODE, DATE, NUMBER
from des.fields import MPRNField
from des.meterpoints.models import Meter, Registration, SupplyPointAddress
from des.meterpoints.querysets import all_in_force, holder_name
from des.meterpoints.scopes import HOLDER, held_by
from des.parties.codes import coded, named

# The status of a meter that is to be fitted, in place of the code that it will have.
PLANNED = "Planned"


class OfOneMeterPoint(Enquiry):
    """What the histories of a meter point share: asked for by MPRN, reached as the meter point is."""

    asks = {"mprn": DataItem.METER_POINT}
    counted = ("period", "periods")
    key = "meter_point_id"
    reaches = HOLDER

    mprn = MPRNField(label="MPRN", required=True)

    def periods(self) -> QuerySet[Any]:
        """The periods of all meter points."""
        raise NotImplementedError

    def records(self) -> QuerySet[Any]:
        periods: QuerySet[Any] = self.periods().alias(**all_in_force(on=self.on, path="meter_point__"))
        return periods

    def within(self, scope: Scope) -> Q:
        return held_by(self.actor, scope)

    def searches(self, records: QuerySet[Any]) -> Iterable[Search]:
        yield Search(records.filter(meter_point=self.cleaned_data["mprn"]))


class MeterHistoryEnquiry(OfOneMeterPoint):
    """The meters that a meter point has had and is to have, the newest first."""

    slug = "meter-history"
    title = "Meters"
    columns = (
        Column("msn", "Meter serial number", DataItem.METER, listed=True),
        Column("meter_installation_date", "Installed", DataItem.METER_DETAIL, "started_on", format=DATE, listed=True),
        Column("removal_date", "Removed", DataItem.METER_DETAIL, "ended_on", format=DATE, listed=True),
        Column(
            "meter_device_status",
            "Status",
            DataItem.METER,
            "status_or_planned",
            format=coded("meter_status"),
            listed=True,
        ),
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

    def periods(self) -> QuerySet[Any]:
        # A meter's record comes with its status before the day it is fitted.
        ahead = When(started_on__gt=self.on, then=Value(PLANNED))
        return Meter.objects.alias(status_or_planned=Case(ahead, default=F("status")))


def registration_columns(item: DataItem) -> tuple[Column, ...]:
    return (
        Column("market_role", "Role", item, format=named("market_role"), listed=True),
        Column("short_code", "Short code", item, listed=True),
        Column("name", "Name", item, holder_name("market_role", "short_code"), listed=True),
        Column("effective_from_date", "From", item, "started_on", format=DATE, listed=True),
        Column("effective_to_date", "Until", item, "ended_on", format=DATE, listed=True),
    )


class SupplyHistoryEnquiry(OfOneMeterPoint):
    """The suppliers and shippers of a meter point, past, present and to come."""

    slug = "supply-history"
    title = "Suppliers and shippers"
    columns = registration_columns(DataItem.OTHER_SUPPLIERS)
    order = (
        Order("started_on", DataItem.OTHER_SUPPLIERS, newest_first=True),
        Order("market_role", DataItem.OTHER_SUPPLIERS),
    )

    def periods(self) -> QuerySet[Any]:
        return Registration.objects.filter(market_role__in=[MarketRole.SUPPLIER, MarketRole.SHIPPER])


class MeterAgentHistoryEnquiry(OfOneMeterPoint):
    """The meter asset managers and providers of a meter point, past, present and to come."""

    slug = "meter-agent-history"
    title = "Meter asset managers and providers"
    columns = registration_columns(DataItem.METER_AGENTS)
    order = (Order("started_on", DataItem.METER_AGENTS, newest_first=True), Order("market_role", DataItem.METER_AGENTS))

    def periods(self) -> QuerySet[Any]:
        return Registration.objects.filter(market_role__in=[MarketRole.MAM, MarketRole.MAP])


class NetworkHistoryEnquiry(OfOneMeterPoint):
    """The networks that a meter point has been on, and is to be on."""

    slug = "network-history"
    title = "Networks"
    columns = registration_columns(DataItem.NETWORK)
    order = (Order("started_on", DataItem.NETWORK, newest_first=True), Order("market_role", DataItem.NETWORK))

    def periods(self) -> QuerySet[Any]:
        return Registration.objects.filter(market_role__in=[MarketRole.GT, MarketRole.IGT])


def joined(separator: str, *parts: str | Expression) -> Expression:
    """Parts of a text with a separator between those that are not empty."""
    held = [NullIf(part, Value("")) for part in parts]
    return Func(Value(separator), *held, function="CONCAT_WS", output_field=TextField())


class AddressHistoryEnquiry(OfOneMeterPoint):
    """The UK Link addresses of a meter point, past, present and to come."""

    slug = "address-history"
    title = "Addresses"
    columns = (
        Column(
            "address",
            "Address",
            DataItem.ADDRESS,
            joined(
                ", ",
                "delivery_point_alias",
                "plot_no",
                "sub_building_name",
                "house_name",
                joined(" ", "house_no", joined(", ", "dependent_street", "street")),
                "double_dependent_locality",
                "dependent_locality",
                "town",
            ),
            listed=True,
        ),
        Column("postcode", "Postcode", DataItem.ADDRESS, format=CODE, listed=True),
        Column("effective_from_date", "From", DataItem.ADDRESS, "started_on", format=DATE, listed=True),
        Column("effective_to_date", "Until", DataItem.ADDRESS, "ended_on", format=DATE, listed=True),
    )
    order = (
        Order("started_on", DataItem.ADDRESS, newest_first=True),
        Order("meter_point_id", DataItem.METER_POINT),
    )

    def periods(self) -> QuerySet[Any]:
        return SupplyPointAddress.objects.all()
