"""The cast of the demonstration: one person for each kind of user, and the meter points worth showing them."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import sealing
from accounts.models import (
    AcceptedBy,
    AuthenticatorApp,
    MarketParticipant,
    Membership,
    Organisation,
    OrganisationDomain,
    OrganisationGroup,
    TermsDocument,
    User,
)
from accounts.operations import terms
from accounts.origin import SERVICE
from accounts.permissions import FACTOR_ROLES, MarketRole, PortalRole
from des.demo.report import Person
from des.meterpoints.models import MeterPoint
from des.sample.specials import example_keys, special_mprns

READER = (PortalRole.USER,)
EXPORTER = (PortalRole.USER, PortalRole.EXPORTER)
SINCE = date(2020, 1, 6)


@dataclass(frozen=True)
class Part:
    """One of the cast: a name, and the (short code, market role, portal roles) of each membership.

    Who must have a second factor has one, and all have accepted the terms; a `newcomer` has done neither yet.
    """

    name: str
    memberships: tuple[tuple[str, MarketRole, tuple[PortalRole, ...]], ...]
    newcomer: bool = False


SHIPPER_CODE = "BGF"
DOMAIN = "demo.example"
CAST: dict[str, Part] = {
    "shipper": Part("Sam Ashworth", ((SHIPPER_CODE, MarketRole.SHIPPER, EXPORTER),)),
    "other_shipper": Part("Olu Adeyemi", (("OCT", MarketRole.SHIPPER, EXPORTER),)),
    "supplier": Part("Priya Nair", ((SHIPPER_CODE, MarketRole.SUPPLIER, EXPORTER),)),
    # The network is another than that of the example point: see `transporter_code`.
    "transporter": Part("Tom Bevan", (("", MarketRole.GT, READER),)),
    "igt": Part("Isla Grant", (("GPL", MarketRole.IGT, READER),)),
    "mam": Part("Mina Rahman", (("BGT", MarketRole.MAM, READER),)),
    "map": Part("Piotr Zielinski", (("ECA", MarketRole.MAP, READER),)),
    "lso": Part("Leah Osborne", ((SHIPPER_CODE, MarketRole.SHIPPER, (PortalRole.USER, PortalRole.LSO)),)),
    "second_lso": Part("Luca Ferri", ((SHIPPER_CODE, MarketRole.SHIPPER, (PortalRole.LSO,)),)),
    "new_lso": Part("Nadia Karim", (("OCT", MarketRole.SHIPPER, (PortalRole.LSO,)),), newcomer=True),
    "group_lso": Part("Grace Okafor", (("OVO", MarketRole.SHIPPER, (PortalRole.GROUP_LSO,)),)),
    "support": Part("Suki Price", (("DES", MarketRole.OPERATOR, (PortalRole.SUPPORT,)),)),
    "second_support": Part("Stefan Wolf", (("DES", MarketRole.OPERATOR, (PortalRole.SUPPORT,)),)),
    "security": Part("Sofia Marin", (("DES", MarketRole.OPERATOR, (PortalRole.SECURITY,)),)),
    "auditor": Part("Aidan Kerr", (("DES", MarketRole.OPERATOR, (PortalRole.AUDITOR,)),)),
    "admin": Part("Alan Doyle", (("DES", MarketRole.OPERATOR, (PortalRole.ADMINISTRATOR,)),)),
    "multi": Part(
        "Maya Lindqvist",
        (
            ("OVO", MarketRole.SHIPPER, EXPORTER),
            ("OVO", MarketRole.SUPPLIER, READER),
            ("ECA", MarketRole.MAM, READER),
        ),
    ),
    "outsider": Part("Owen Sharpe", ()),
}
# Has not accepted the additional terms, so that the difference can be seen.
WITHOUT_ADDITIONAL_TERMS = "other_shipper"
GROUP = ("OVO", "ECA")


def password_of(name: str) -> str:
    """A password that is the demonstration directory's own, and the same at every start."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"cast:{name}".encode(), hashlib.sha256)
    letters = base64.b32encode(digest).decode().lower()
    return "-".join(letters[start : start + 5] for start in range(0, 20, 5))


def seed_of(name: str) -> bytes:
    """The seed of an authenticator app, the demonstration directory's own as the password is."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"seed:{name}".encode(), hashlib.sha256)[:20]


def transporter_code() -> str:
    """A gas transporter whose network the example point is not on."""
    keys = example_keys(shipper=SHIPPER_CODE)
    network = MeterPoint.objects.values_list("network", flat=True).get(mprn=keys["mprn"]) if keys else ""
    return "WWU" if network == "NGN" else "NGN"


@transaction.atomic
def create_cast() -> dict[str, Person]:
    """Make the cast, or put it right where it is there already, and say how each signs in."""
    group, _ = OrganisationGroup.objects.get_or_create(name="Demonstration group")
    Organisation.objects.filter(participants__short_code__in=GROUP).update(group=group)
    return {name: create_person(name, part) for name, part in CAST.items()}


def create_person(name: str, part: Part) -> Person:
    email, now = f"{name.replace('_', '.')}@{DOMAIN}", timezone.now()
    password = password_of(name)
    user = User.objects.filter(email=email).first()
    if user is None:
        # The newcomer's password is no news, so that the first second factor asks for a code by mail.
        user = User.objects.create_user(email=email, password=password, name=part.name)
        User.objects.filter(pk=user.pk).update(password_set_at=now - timedelta(days=30))
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    held = []
    for short_code, market_role, portal_roles in part.memberships:
        participant = MarketParticipant.objects.select_related("organisation").get(
            market_role=market_role, short_code=short_code or transporter_code(), ended_on=None
        )
        OrganisationDomain.objects.get_or_create(organisation=participant.organisation, domain=DOMAIN)
        Membership.objects.update_or_create(
            user=user,
            organisation=participant.organisation,
            market_role=market_role,
            ended_on=None,
            defaults={"portal_roles": [role.value for role in portal_roles]},
            create_defaults={"portal_roles": [role.value for role in portal_roles], "started_on": SINCE},
        )
        held.append((participant, portal_roles))
    has_factor = not part.newcomer and any(FACTOR_ROLES & set(roles) for _, roles in held)
    if has_factor and not AuthenticatorApp.objects.filter(user=user).exists():
        AuthenticatorApp.objects.create(
            user=user, name="Demonstration", sealed_key=sealing.sealed(seed_of(name)), created_at=now
        )
    if not part.newcomer:
        accept_terms(user, additional=name != WITHOUT_ADDITIONAL_TERMS, now=now)
    return Person(
        email=email,
        password=password,
        totp_secret=base64.b32encode(seed_of(name)).decode() if has_factor else None,
        organisation=held[0][0].organisation.name if held else "",
        role=held[0][0].market_role if held else "",
    )


def accept_terms(user: User, *, additional: bool, now: datetime) -> None:
    """Accept what is in force, as one of the cast would have before."""
    for document in TermsDocument.objects.in_force(on=timezone.localdate(now)):
        if document.required or additional:
            terms.accept(
                user=user,
                document=document,
                sha256=document.sha256,
                by=AcceptedBy.CLICK,
                origin=SERVICE,
                now=now,
            )


def examples() -> dict[str, str]:
    """Keys that all lead to one meter point of the shipper, and one meter point of each special kind."""
    keys = example_keys(shipper=SHIPPER_CODE)
    if keys is None:
        raise LookupError(f"The sample register has no ordinary meter point of {SHIPPER_CODE}: use more points.")
    return keys | special_mprns(on=timezone.localdate())
