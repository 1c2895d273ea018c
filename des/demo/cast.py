"""The cast of the demonstration: one person for each kind of user, and the meter points worth showing them."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import MarketParticipant, Membership, User
from accounts.permissions import MarketRole, PortalRole
from des.demo.report import Person
from des.meterpoints.models import MeterPoint
from des.sample.specials import example_keys, special_mprns

READER = (PortalRole.USER,)
EXPORTER = (PortalRole.USER, PortalRole.EXPORTER)
SINCE = date(2020, 1, 6)


@dataclass(frozen=True)
class Part:
    """One of the cast: a name, and the (short code, market role, portal roles) of each membership."""

    name: str
    memberships: tuple[tuple[str, MarketRole, tuple[PortalRole, ...]], ...]


SHIPPER_CODE = "BGF"
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
    "support": Part("Suki Price", (("DES", MarketRole.OPERATOR, (PortalRole.SUPPORT,)),)),
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


def password_of(name: str) -> str:
    """A password that is the demonstration directory's own, and the same at every start."""
    digest = hmac.digest(settings.SECRET_KEY.encode(), f"cast:{name}".encode(), hashlib.sha256)
    letters = base64.b32encode(digest).decode().lower()
    return "-".join(letters[start : start + 5] for start in range(0, 20, 5))


def transporter_code() -> str:
    """A gas transporter whose network the example point is not on."""
    keys = example_keys(shipper=SHIPPER_CODE)
    network = MeterPoint.objects.values_list("network", flat=True).get(mprn=keys["mprn"]) if keys else ""
    return "WWU" if network == "NGN" else "NGN"


@transaction.atomic
def create_cast() -> dict[str, Person]:
    """Make the cast, or put it right where it is there already, and say how each signs in."""
    return {name: create_person(name, part) for name, part in CAST.items()}


def create_person(name: str, part: Part) -> Person:
    email = f"{name.replace('_', '.')}@demo.example"
    password = password_of(name)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email=email, password=password, name=part.name)
    elif not user.check_password(password):
        user.set_password(password)
        user.save(update_fields=["password"])
    held = []
    for short_code, market_role, portal_roles in part.memberships:
        participant = MarketParticipant.objects.select_related("organisation").get(
            market_role=market_role, short_code=short_code or transporter_code(), ended_on=None
        )
        Membership.objects.update_or_create(
            user=user,
            organisation=participant.organisation,
            market_role=market_role,
            ended_on=None,
            defaults={"portal_roles": [role.value for role in portal_roles]},
            create_defaults={"portal_roles": [role.value for role in portal_roles], "started_on": SINCE},
        )
        held.append(participant)
    return Person(
        email=email,
        password=password,
        totp_secret=None,
        organisation=held[0].organisation.name if held else "",
        role=held[0].market_role if held else "",
    )


def examples() -> dict[str, str]:
    """Keys that all lead to one meter point of the shipper, and one meter point of each special kind."""
    keys = example_keys(shipper=SHIPPER_CODE)
    if keys is None:
        raise LookupError(f"The sample register has no ordinary meter point of {SHIPPER_CODE}: use more points.")
    return keys | special_mprns(on=timezone.localdate())
