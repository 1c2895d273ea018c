"""What each line of an import of accounts must be by itself, whatever the database holds."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import TextChoices

from accounts.forms import EmailField
from accounts.models import Organisation
from accounts.operations.account_file import Line, shown
from accounts.permissions import OPERATOR_ROLES, MarketRole, PortalRole

EMAIL = EmailField()
LONGEST_NAME, LONGEST_TELEPHONE = 150, 30  # as people may write them of themselves
DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
SHORT_CODE = re.compile(r"[A-Z0-9]{3,4}")
TELEPHONE = re.compile(r"[+0-9 ()-]*")
YEARS = range(1990, 2101)
# Spreadsheets run a cell that starts with one of these.
FORMULA = ("=", "+", "-", "@")


class Result(StrEnum):
    """What becomes of a line."""

    MADE = "made"
    ADDED = "added to an existing account"
    THERE = "already there"
    BAD = "bad"
    EMPTY = "empty line"


@dataclass(slots=True)
class Row:
    """One line on its way: what it asks for, what is wrong with it, and what its reader should know."""

    number: int
    email: str = ""
    name: str = ""
    telephone: str = ""
    short_code: str = ""
    market_role: MarketRole = MarketRole.SHIPPER
    portal_roles: frozenset[PortalRole] = frozenset()
    started_on: date = date.min
    ended_on: date | None = None
    organisation: Organisation | None = None
    is_empty: bool = False
    result: Result = Result.BAD
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        return not self.problems and not self.is_empty

    @property
    def membership(self) -> tuple[str, int, MarketRole]:
        """What no two lines may be of: the person, the organisation and the market role."""
        return self.email, self.organisation.pk if self.organisation else 0, self.market_role

    @property
    def terms(self) -> tuple[frozenset[PortalRole], date, date | None]:
        """On which terms the membership is held."""
        return self.portal_roles, self.started_on, self.ended_on


class Wrong(Exception):
    """A cell is wrong; the message says how to put it right."""


def row_of(line: Line, *, on: date) -> Row:
    """A line as what it asks for, with everything that is wrong with it: so that it is put right at once."""
    row = Row(line.number, email=shown(line.cells.get("email", "").strip()), is_empty=line.is_empty)
    if row.is_empty:
        row.result = Result.EMPTY
        return row
    if line.problem:
        row.problems.append(line.problem)
        return row
    cells = {}
    for column, cell in line.cells.items():
        try:
            cells[column] = plain(column, cell)
        except Wrong as wrong:
            row.problems.append(str(wrong))
    parsers: dict[str, Callable[[str], Any]] = {
        "email": email_of,
        "name": name_of,
        "telephone": telephone_of,
        "short_code": short_code_of,
        "market_role": market_role_of,
        "portal_roles": portal_roles_of,
        "started_on": lambda text: date_of("started_on", text) or on,
        "ended_on": lambda text: date_of("ended_on", text),
    }
    row.started_on = on
    for column, parse in parsers.items():
        if column in cells:
            try:
                setattr(row, column, parse(cells[column]))
            except Wrong as wrong:
                row.problems.append(str(wrong))
    if row.is_good:
        row.problems.extend(together(row, on=on))
    return row


def together(row: Row, *, on: date) -> list[str]:
    """What is wrong with cells that are right one by one."""
    problems = []
    if row.ended_on and row.ended_on <= row.started_on:
        problems.append(
            "ended_on is not after started_on. It is the first day on which the membership holds no more: correct one."
        )
    elif row.ended_on and row.ended_on <= on:
        problems.append("The membership is over: ended_on is not after today. Take the line out.")
    of_operator = row.portal_roles & OPERATOR_ROLES
    if row.market_role != MarketRole.OPERATOR and of_operator:
        problems.append(
            f"{listed(of_operator)} is for the operator’s own people, and {row.short_code} is here as "
            f"{row.market_role}. Take it out."
        )
    elif row.market_role == MarketRole.OPERATOR and (of_others := row.portal_roles - OPERATOR_ROLES):
        problems.append(f"{listed(of_others)} is not for the operator’s people. Use {listed(OPERATOR_ROLES)}.")
    return problems


def plain(column: str, cell: str) -> str:
    """A cell with one space between its words. Raises `Wrong` for characters that cannot be seen."""
    for character in cell:
        if not character.isprintable() and unicodedata.category(character) != "Zs":
            name = unicodedata.name(character, "control character").lower()
            raise Wrong(f"{column} has a character that cannot be seen (U+{ord(character):04X}, {name}). Type it anew.")
    return " ".join(unicodedata.normalize("NFC", cell).split())


def email_of(text: str) -> str:
    try:
        email: str = EMAIL.clean(text).lower()
    except ValidationError as error:
        raise Wrong(" ".join(error.messages)) from error
    mailbox, _, domain = email.rpartition("@")
    if not DOMAIN.fullmatch(domain) or '"' in mailbox or mailbox.startswith(FORMULA):
        raise Wrong("Enter an e-mail address like name@company.co.uk.")
    return email


def name_of(text: str) -> str:
    if not text:
        raise Wrong("Enter the person’s name.")
    if len(text) > LONGEST_NAME:
        raise Wrong(f"A name has at most {LONGEST_NAME} characters.")
    if text.startswith(FORMULA):
        raise Wrong("A name cannot begin with = + - or @, which a spreadsheet would run. Enter the person’s name.")
    if not any(character.isalpha() for character in text):
        raise Wrong("A name has letters. Enter the person’s name.")
    return text


def telephone_of(text: str) -> str:
    if len(text) > LONGEST_TELEPHONE:
        raise Wrong(f"A telephone number has at most {LONGEST_TELEPHONE} characters.")
    if not TELEPHONE.fullmatch(text):
        raise Wrong("Enter a telephone number in digits, such as 0113 496 0000 or +44 113 496 0000, or leave it empty.")
    return text


def short_code_of(text: str) -> str:
    code = text.upper()
    if not SHORT_CODE.fullmatch(code):
        raise Wrong("A short code is three or four letters or digits, such as BGF.")
    return code


def choice[T: TextChoices](choices: type[T], text: str, what: str) -> T:
    """A choice by its word or by what it is called on screen, in small letters or capitals."""
    wanted = text.casefold()
    for one in choices:
        if wanted in (one.value, one.label.casefold()):
            return one
    raise Wrong(f"There is no {what} “{shown(text)}”. Use {', '.join(choices.values)}.")


def market_role_of(text: str) -> MarketRole:
    return choice(MarketRole, text, "market role")


def portal_roles_of(text: str) -> frozenset[PortalRole]:
    names = [name.strip() for name in text.split(";") if name.strip()]
    if not names:
        raise Wrong(f"Enter at least one portal role, with ; between several: {', '.join(PortalRole.values)}.")
    return frozenset(choice(PortalRole, name, "portal role") for name in names)


def date_of(column: str, text: str) -> date | None:
    """A day as 2026-11-25, or as a British spreadsheet writes it, 25/11/2026."""
    if not text:
        return None
    iso = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text)
    british = re.fullmatch(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})", text)
    parts = iso.groups() if iso else british.groups()[::-1] if british else ()
    try:
        day = date(*(int(part) for part in parts))
    except (TypeError, ValueError):
        day = None
    if day is None or day.year not in YEARS:
        raise Wrong(f"{column} is no day, “{shown(text)}”. Write it like 2026-11-25 or 25/11/2026.")
    return day


def listed(roles: frozenset[PortalRole]) -> str:
    return ", ".join(sorted(role.value for role in roles))
