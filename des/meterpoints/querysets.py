"""Questions asked of the register, in its own words."""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db.models import Case, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import Combinable

from accounts.models import MarketParticipant
from accounts.permissions import MarketRole
from des.addresses.words import alternatives

# Values of which a meter point row holds what is in force and what is known to follow.
CURRENT_AND_NEXT = ("address", "status", "supplier", "shipper", "network", "mam", "map", "msn")


def in_force(name: str, *, on: date, path: str = "", suffix: str = "") -> Case:
    """What holds on a day: the next value from its date, the current one before (`suffix` "_from": since when)."""
    next_name = f"{path}next_{name}"
    return Case(When(**{f"{next_name}_from__lte": on, "then": F(next_name + suffix)}), default=F(path + name + suffix))


def all_in_force(*, on: date, path: str = "") -> dict[str, Combinable]:
    """`supplier_now` and so on, of a meter point or of the one that `path` leads to."""
    return {f"{name}_now": in_force(name, on=on, path=path) for name in CURRENT_AND_NEXT}


def holding(*, on: date, prefix: str) -> Q:
    """The periods that hold on a day."""
    started = Q(**{f"{prefix}__started_on__lte": on})
    return started & (Q(**{f"{prefix}__ended_on__isnull": True}) | Q(**{f"{prefix}__ended_on__gt": on}))


def participant_name(market_role: MarketRole, short_code: str) -> Subquery:
    """The name of the organisation that holds the short code, which a field names, in a role."""
    holders = MarketParticipant.objects.filter(market_role=market_role, short_code=OuterRef(short_code))
    return Subquery(holders.order_by("-started_on").values("organisation__name")[:1])


def holder_name(market_role: str, short_code: str) -> Subquery:
    """The name of the organisation that holds a short code in a role, both named by fields of the row."""
    holders = MarketParticipant.objects.filter(market_role=OuterRef(market_role), short_code=OuterRef(short_code))
    return Subquery(holders.order_by("-started_on").values("organisation__name")[:1])


def network_name(short_code: str) -> Subquery:
    """The name of the transporter, or independent transporter, that holds a short code."""
    holders = MarketParticipant.objects.filter(
        market_role__in=[MarketRole.GT, MarketRole.IGT], short_code=OuterRef(short_code)
    )
    return Subquery(holders.order_by("-started_on").values("organisation__name")[:1])


class MeterPointQuerySet(QuerySet[Any]):
    def as_at(self, on: date) -> Self:
        """Meter points as they are on a day: `supplier_now` and so on, and the periods that hold.

        All are aliases: what a question does not use is neither joined nor selected.
        """
        dated = all_in_force(on=on)
        dated |= {f"{name}_now_from": in_force(name, on=on, suffix="_from") for name in CURRENT_AND_NEXT}
        # Known to follow, unless it has already come.
        dated |= {
            f"incoming_{name}": Case(When(**{f"next_{name}_from__gt": on, "then": F(f"next_{name}")}))
            for name in CURRENT_AND_NEXT
        }
        dated |= {
            f"incoming_{name}_from": Case(When(**{f"next_{name}_from__gt": on, "then": F(f"next_{name}_from")}))
            for name in CURRENT_AND_NEXT
        }
        periods = {
            name: FilteredRelation(relation, condition=holding(on=on, prefix=relation))
            for name, relation in (
                ("uk_link", "addresses"),
                ("meter", "meters"),
                ("converter", "converters"),
                ("quantity", "quantities"),
            )
        }
        shipper_period = FilteredRelation(
            "registrations",
            condition=holding(on=on, prefix="registrations") & Q(registrations__market_role=MarketRole.SHIPPER),
        )
        registrations = self.model._meta.get_field("registrations").related_model.objects
        previous_supplier = registrations.filter(
            meter_point=OuterRef("pk"), market_role=MarketRole.SUPPLIER, ended_on__lte=on
        )
        return self.alias(
            **dated,
            **periods,
            shipper_period=shipper_period,
            previous_supplier=Subquery(previous_supplier.order_by("-started_on").values("short_code")[:1]),
        )

    def below_postcode(self, prefix: str) -> Self:
        """Meter points whose postcode starts with a text, as one range of the postcode index."""
        return self.filter(postcode__gte=prefix, postcode__lt=prefix[:-1] + chr(ord(prefix[-1]) + 1))

    def msn_starting(self, prefix: str) -> Self:
        return self.filter(msn__gte=prefix, msn__lt=prefix[:-1] + chr(ord(prefix[-1]) + 1))

    def mentioning(self, words: Iterable[str]) -> Self:
        """Meter points whose one-line address or postcode has each word, whole, in any way it is written."""
        found = self
        for word in words:
            pattern = rf"\m({'|'.join(map(re.escape, alternatives(word)))})\M"
            found = found.filter(Q(address__regex=pattern) | Q(postcode__regex=pattern))
        return found
