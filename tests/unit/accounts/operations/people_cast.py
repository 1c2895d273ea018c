"""Memberships and moments for the tests of what LSOs do."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import Mail, MarketParticipant, Membership, OrganisationDomain, SecurityEvent, User


def organisation(short_code="BGF"):
    return MarketParticipant.objects.get(short_code=short_code, market_role="shipper").organisation


def held(user):
    """The membership of one of the cast, as it is now."""
    return Membership.objects.select_related("user", "organisation").get(user=user)


def also_acts(user, short_code, market_role, *roles):
    """Give one of the cast a second membership."""
    return Membership.objects.create(
        user=user,
        organisation=MarketParticipant.objects.get(short_code=short_code, market_role=market_role).organisation,
        market_role=market_role,
        portal_roles=list(roles or ("user",)),
        started_on=timezone.localdate() - timedelta(days=400),
    )


def domain(name="example.com", short_code="BGF"):
    return OrganisationDomain.objects.create(organisation=organisation(short_code), domain=name)


def unused_for(days, *people, created=2_000):
    """People who signed in last so many days ago; their accounts are older."""
    now = timezone.now()
    pks = [user.pk for user in people]
    User.objects.filter(pk__in=pks).update(
        last_login=now - timedelta(days=days), created_at=now - timedelta(days=created)
    )


def events(kind, **which):
    return list(SecurityEvent.objects.filter(event=kind, **which).order_by("pk"))


def mails(template):
    """To whom messages of one kind were written, in order."""
    return list(Mail.objects.filter(template=template).order_by("pk").values_list("to", flat=True))
