"""The words of the access matrix: market roles, portal roles, permissions, data items and scopes."""

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
    OPERATOR = "operator", "Operator support"


class PortalRole(TextChoices):
    """What a person may do in the portal for the organisation of one membership."""

    USER = "user", "User"
    EXPORTER = "exporter", "Exporter"
    LSO = "lso", "Local Security Officer"
    SUPPORT = "support", "Operator support"
    ADMINISTRATOR = "administrator", "Operator administrator"


class Permission(StrEnum):
    """What a view asks for; never a role."""

    ENTER = "enter"
    ENQUIRE = "enquire"
    EXPORT = "export"


ENTER, ENQUIRE, EXPORT = Permission.ENTER, Permission.ENQUIRE, Permission.EXPORT

PERMISSIONS: dict[PortalRole, frozenset[Permission]] = {
    PortalRole.USER: frozenset({ENTER, ENQUIRE}),
    PortalRole.EXPORTER: frozenset({ENTER, ENQUIRE, EXPORT}),
    # An LSO manages colleagues and does not get data by being LSO.
    PortalRole.LSO: frozenset({ENTER}),
    PortalRole.SUPPORT: frozenset({ENTER, ENQUIRE}),
    PortalRole.ADMINISTRATOR: frozenset({ENTER}),
}


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
