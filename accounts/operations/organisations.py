"""Organisations, groups of them, their mail domains and market roles: made and changed by the operator."""

from datetime import date, datetime
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Count, Q
from django.utils import timezone

from accounts.events import record
from accounts.models import (
    Event,
    MarketParticipant,
    Membership,
    Organisation,
    OrganisationDomain,
    OrganisationGroup,
    User,
)
from accounts.operations.memberships import LAST, LastKeeper, keeper_stays, keepers_of
from accounts.origin import Origin
from accounts.permissions import LSO_ROLES, MarketRole

BASIS = "operator"  # of a short code that the operator wrote down, as against standing data
# Beside which field of the form the message of a constraint stands.
FIELD_OF = {
    "organisation_company_number_has_its_shape": "company_number",
    "organisation_domain_is_listed_once": "domain",
    "organisation_domain_has_its_shape": "domain",
    "participant_short_code_is_unique_in_its_role": "short_code",
    "participant_short_code_has_one_holder": "short_code",
    "participant_short_code_has_its_shape": "short_code",
    "participant_ends_after_it_starts": "ended_on",
}
LONGEST_DOMAIN = 253
# Where anybody can get an address, it says nothing of the organisation.
ANYBODYS_DOMAINS = frozenset(
    {
        "aol.com",
        "btinternet.com",
        "gmail.com",
        "googlemail.com",
        "hotmail.co.uk",
        "hotmail.com",
        "icloud.com",
        "live.co.uk",
        "live.com",
        "outlook.com",
        "proton.me",
        "protonmail.com",
        "sky.com",
        "yahoo.co.uk",
        "yahoo.com",
    }
)


class OperatorsOwn(Exception):
    """The operator's own market role is not changed here: without it nobody could undo that."""


class Over(Exception):
    """The market role has ended already."""


def saved(row: models.Model) -> None:
    """Save a row. Raises `ValidationError` with the message of the constraint that refuses it, beside its field."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        name = cast(Any, error.__cause__).diag.constraint_name
        messages = {constraint.name: constraint.violation_error_message for constraint in row._meta.constraints}
        if name in FIELD_OF:
            raise ValidationError({FIELD_OF[name]: str(messages[name])}) from error
        raise ValidationError({"name": "This name is taken already."}) from error


def note(organisation: Organisation, detail: str, *, by: User, origin: Origin) -> None:
    record(Event.ORGANISATION_CHANGED, origin=origin, by_id=by.pk, organisation_id=organisation.pk, detail=detail)


@transaction.atomic
def make(*, name: str, company_number: str, by: User, origin: Origin) -> Organisation:
    """Make an organisation. Raises `ValidationError`."""
    organisation = Organisation(name=name, company_number=company_number)
    saved(organisation)
    note(organisation, f"Made: {name}", by=by, origin=origin)
    return organisation


def change(
    *,
    organisation: Organisation,
    name: str,
    company_number: str,
    group: OrganisationGroup | None,
    requires_second_factor: bool,
    by: User,
    origin: Origin,
    now: datetime,
) -> list[str]:
    """Change what is known of an organisation, and say what changed. Raises `ValidationError` and `LastKeeper`.

    To leave a group may take the last LSO away, where that is the group's. The operator is in no group: an LSO of one
    would look after the operator's people.
    """
    on = timezone.localdate(now)
    if group and organisation.participants.filter(market_role=MarketRole.OPERATOR).exists():
        raise ValidationError({"group": "The operator’s own organisation is in no group. Choose “None”."})
    with keeper_stays([organisation], on=on):
        held = Organisation.objects.select_related("group").get(pk=organisation.pk)
        new = {
            "name": (held.name, name),
            "company number": (held.company_number, company_number),
            "group": (str(held.group or ""), str(group or "")),
            "second factor of everybody": (
                "required" if held.requires_second_factor else "by role",
                "required" if requires_second_factor else "by role",
            ),
        }
        changed = [
            f"{what}: {old or 'none'} to {now_is or 'none'}" for what, (old, now_is) in new.items() if old != now_is
        ]
        if changed:
            had_keeper = keepers_of(held, on=on).exists()
            held.name, held.company_number, held.group = name, company_number, group
            held.requires_second_factor = requires_second_factor
            saved(held)
            # The others of the group are seen to by `keeper_stays`, which looks at this one as it was.
            if had_keeper and not keepers_of(held, on=on).exists():
                raise LastKeeper(LAST.format(organisation=held.name))
            note(held, "; ".join(changed), by=by, origin=origin)
    return changed


@transaction.atomic
def make_group(*, name: str, by: User, origin: Origin) -> OrganisationGroup:
    """Make a group, to which organisations are then added. Raises `ValidationError`."""
    group = OrganisationGroup(name=name)
    saved(group)
    record(Event.ORGANISATION_CHANGED, origin=origin, by_id=by.pk, detail=f"Group made: {name}")
    return group


def domain_of(text: str) -> str:
    """A mail domain as it is kept: small letters, in ASCII. Raises `ValidationError`."""
    domain = text.strip().lower().removeprefix("@").rstrip(".")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValidationError("A domain reads like company.co.uk.") from error
    if len(domain) > LONGEST_DOMAIN:  # in ASCII it may be longer than it was typed
        raise ValidationError(f"A domain has at most {LONGEST_DOMAIN} characters.")
    if domain in ANYBODYS_DOMAINS:
        raise ValidationError(f"Anybody can have an address at {domain}: no organisation owns it.")
    return domain


@transaction.atomic
def add_domain(*, organisation: Organisation, domain: str, by: User, origin: Origin) -> None:
    """List a mail domain: addresses in it are invited without the operator's consent. Raises `ValidationError`."""
    saved(OrganisationDomain(organisation=organisation, domain=domain))
    note(organisation, f"Mail domain added: {domain}", by=by, origin=origin)


@transaction.atomic
def remove_domain(*, domain: OrganisationDomain, by: User, origin: Origin) -> None:
    """Take a mail domain off the list; who has an address in it stays."""
    gone, _ = OrganisationDomain.objects.filter(pk=domain.pk).delete()
    if gone:
        note(domain.organisation, f"Mail domain removed: {domain.domain}", by=by, origin=origin)


@transaction.atomic
def add_role(
    *,
    organisation: Organisation,
    market_role: MarketRole,
    short_code: str,
    started_on: date,
    ended_on: date | None,
    by: User,
    origin: Origin,
) -> MarketParticipant:
    """Let an organisation act in a market role under a short code. Raises `ValidationError` and `OperatorsOwn`."""
    if market_role == MarketRole.OPERATOR:
        raise OperatorsOwn
    with connection.cursor() as cursor:
        # Two periods of one short code must not overlap, which no constraint says: so one at a time.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{market_role}:{short_code}"])
    others = MarketParticipant.objects.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=started_on), market_role=market_role, short_code=short_code
    )
    if ended_on:
        others = others.filter(started_on__lt=ended_on)
    if other := others.select_related("organisation").first():
        until = f"until {other.ended_on:%-d %B %Y}" if other.ended_on else "without an end"
        raise ValidationError({"short_code": f"{other.organisation} holds this short code in this role {until}."})
    participant = MarketParticipant(
        organisation=organisation,
        market_role=market_role,
        short_code=short_code,
        started_on=started_on,
        ended_on=ended_on,
        basis=BASIS,
    )
    saved(participant)
    note(organisation, f"Market role added: {participant} from {started_on:%-d %B %Y}", by=by, origin=origin)
    return participant


@transaction.atomic
def end_role(*, participant: MarketParticipant, ended_on: date, by: User, origin: Origin, now: datetime) -> None:
    """Let a market role end on a day: the first on which it no longer holds. A later end may be set anew.

    Memberships in it stay and give nothing from then on; where that leaves nobody to look after people, support can.
    Raises `ValidationError`, `OperatorsOwn` and `Over`.
    """
    if participant.market_role == MarketRole.OPERATOR:
        raise OperatorsOwn
    held = (
        MarketParticipant.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=participant.pk)
    )
    if held.ended_on and held.ended_on <= timezone.localdate(now):
        raise Over
    detail = f"Market role ends: {held} on {ended_on:%-d %B %Y}"
    if left := left_alone(held, on=timezone.localdate(now)):
        detail += f". Nobody looks after the people of {', '.join(one.name for one in left)} from then on"
    held.ended_on = ended_on
    saved(held)
    note(held.organisation, detail, by=by, origin=origin)


def is_held_otherwise(participant: MarketParticipant, *, on: date) -> bool:
    """Whether the organisation has the market role under another short code too."""
    held = MarketParticipant.objects.in_force(on=on).filter(
        organisation=participant.organisation_id, market_role=participant.market_role
    )
    return held.exclude(pk=participant.pk).exists()


def left_alone(participant: MarketParticipant, *, on: date) -> list[Organisation]:
    """The organisations that nobody would look after without this market role, of the group too."""
    if is_held_otherwise(participant, on=on):
        return []
    lost = (participant.organisation_id, participant.market_role)
    reach = Q(pk=participant.organisation_id) | Q(group__organisations=participant.organisation_id)
    found = []
    for organisation in Organisation.objects.filter(reach).distinct().order_by("name"):
        keepers = set(keepers_of(organisation, on=on).values_list("organisation", "market_role"))
        if keepers == {lost}:
            found.append(organisation)
    return found


def affected(participant: MarketParticipant, *, on: date) -> dict[str, int]:
    """How many people, and how many LSOs among them, could act no more without this market role."""
    if is_held_otherwise(participant, on=on):
        return {"people": 0, "lsos": 0}
    held = Membership.objects.not_over(on=on).filter(
        organisation=participant.organisation_id, market_role=participant.market_role
    )
    lso = Q(portal_roles__overlap=sorted(role.value for role in LSO_ROLES))
    return held.aggregate(people=Count("user", distinct=True), lsos=Count("user", filter=lso, distinct=True))
