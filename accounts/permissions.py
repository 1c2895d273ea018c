"""The words of the access matrix: market roles, portal roles, permissions, data items and scopes."""

from collections.abc import Iterable
from enum import StrEnum

from django.db.models import TextChoices


class MarketRole(TextChoices):
    """What an organisation does in the gas market (the user types of the Data Permissions Matrix)."""

    SHIPPER = "shipper", "Shipper"
    SUPPLIER = "supplier", "Supplier"
    GT = "gt", "Gas transporter"
    IGT = "igt", "Independent gas transporter"
    MAM = "mam", "Meter asset manager"
    MAP = "map", "Meter asset provider"
    PCW = "pcw", "Price comparison website"
    OPERATOR = "operator", "Operator"


class PortalRole(TextChoices):
    """What a person may do in the portal for the organisation of one membership."""

    USER = "user", "User"
    EXPORTER = "exporter", "Exporter"
    LSO = "lso", "Local Security Officer"
    GROUP_LSO = "group-lso", "Group Local Security Officer"
    SUPPORT = "support", "Operator support"
    SECURITY = "security", "Operator security"
    AUDITOR = "auditor", "Operator auditor"
    ADMINISTRATOR = "administrator", "Operator administrator"


class Permission(StrEnum):
    """What a view asks for; never a role."""

    ENTER = "enter"
    ENQUIRE = "enquire"
    EXPORT = "export"
    PEOPLE = "people"  # look after the people of one's organisations
    QUEUE = "queue"  # handle the access requests that no LSO decides
    SUPPORT = "support"  # open a support session, find people and organisations, lift a lock
    ORGANISATIONS = "organisations"  # make and change organisations, their roles, domains and groups
    IDENTITIES = "identities"  # consent to invitations, decide who a freed address is, close accounts
    PUBLISH = "publish"  # terms of use and messages to users
    EVENTS = "events"  # read the security events of everybody
    EVIDENCE = "evidence"  # take the evidence of access control away
    LOCK = "lock"  # switch accounts off and on, end sessions, lift locks
    ASSIST = "assist"  # see data for one organisation within a support session


# Which portal roles an organisation's own people hold, and which only the operator's.
OPERATOR_ROLES = frozenset({PortalRole.SUPPORT, PortalRole.SECURITY, PortalRole.AUDITOR, PortalRole.ADMINISTRATOR})
LSO_ROLES = frozenset({PortalRole.LSO, PortalRole.GROUP_LSO})
# Who looks after the people of an organisation: the operator's own are looked after by its administrators.
KEEPER_ROLES = LSO_ROLES | {PortalRole.ADMINISTRATOR}
# Who must have a second factor, and whose sessions are the short ones.
FACTOR_ROLES = OPERATOR_ROLES | LSO_ROLES | {PortalRole.EXPORTER}
PRIVILEGED_ROLES = OPERATOR_ROLES | LSO_ROLES

_P = Permission

PERMISSIONS: dict[PortalRole, frozenset[Permission]] = {
    PortalRole.USER: frozenset({_P.ENTER, _P.ENQUIRE}),
    PortalRole.EXPORTER: frozenset({_P.ENTER, _P.ENQUIRE, _P.EXPORT}),
    # An LSO manages colleagues and does not get data by being LSO.
    PortalRole.LSO: frozenset({_P.ENTER, _P.PEOPLE}),
    PortalRole.GROUP_LSO: frozenset({_P.ENTER, _P.PEOPLE}),
    # Enquiries only inside a support session: see `Actor.may`.
    PortalRole.SUPPORT: frozenset({_P.ENTER, _P.ENQUIRE, _P.QUEUE, _P.SUPPORT, _P.ASSIST}),
    PortalRole.SECURITY: frozenset({_P.ENTER, _P.EVENTS, _P.SUPPORT, _P.LOCK}),
    PortalRole.AUDITOR: frozenset({_P.ENTER, _P.EVENTS, _P.EVIDENCE}),
    PortalRole.ADMINISTRATOR: frozenset(
        {_P.ENTER, _P.ORGANISATIONS, _P.IDENTITIES, _P.PUBLISH, _P.EVENTS, _P.EVIDENCE, _P.LOCK}
    ),
}


def in_order(names: Iterable[str]) -> list[PortalRole]:
    """Portal roles in the order in which they are shown, from their names."""
    held = set(names)
    return [role for role in PortalRole if role.value in held]


class DataItem(StrEnum):
    """A group of register fields that the access matrix releases together."""

    METER_POINT = "meter-point"
    ADDRESS = "address"
    REL = "rel"
    STATUS = "status"
    NETWORK = "network"
    SUPPLIER = "supplier"
    SHIPPER = "shipper"
    OTHER_SUPPLIERS = "other-suppliers"
    CONFIRMATION = "confirmation"
    SITE = "site"
    SMART = "smart"
    METER = "meter"
    METER_DETAIL = "meter-detail"
    METER_AGENTS = "meter-agents"
    QUANTITY = "quantity"
    FORMULA_YEAR = "formula-year"
    READ = "read"
    PRIORITY_CONSUMER = "priority-consumer"


class Scope(StrEnum):
    """How far an organisation's right to a data item reaches."""

    ANY = "any"
    PORTFOLIO = "portfolio"
    NETWORK = "network"
    ASSETS = "assets"
    AREA = "area"
