"""Every enquiry of the service. The channels reach the domain only through here."""

from datetime import datetime

from django.db import DEFAULT_DB_ALIAS

from des.enquiries.enquiry import Enquiry
from des.meterpoints.enquiry import MeterPointEnquiry
from des.meterpoints.histories import (
    AddressHistoryEnquiry,
    MeterAgentHistoryEnquiry,
    MeterHistoryEnquiry,
    NetworkHistoryEnquiry,
    SupplyHistoryEnquiry,
)
from des.parties.codes import meanings
from des.parties.models import RegisterState

ENQUIRIES: tuple[type[Enquiry], ...] = (
    MeterPointEnquiry,
    SupplyHistoryEnquiry,
    MeterHistoryEnquiry,
    MeterAgentHistoryEnquiry,
    NetworkHistoryEnquiry,
    AddressHistoryEnquiry,
)


def enquiry_named(slug: str) -> type[Enquiry]:
    """The enquiry of a slug. Raises KeyError where there is none."""
    return {enquiry.slug: enquiry for enquiry in ENQUIRIES}[slug]


def data_as_at(*, using: str = DEFAULT_DB_ALIAS) -> datetime | None:
    """The moment up to which the register is complete; None where nothing has been loaded."""
    return RegisterState.objects.using(using).values_list("as_at", flat=True).first()


def meter_point_statuses() -> list[tuple[str, str]]:
    """The codes of a meter point's status, with their meanings."""
    return list(meanings("meter_point_status").items())
