"""Many invitations at once, from the lines of a sheet: each line whole or not at all, and an answer for each.

The columns are e-mail, name, market role, portal roles, telephone, start and end. A first line that names them may put
them in another order. What is wrong with one line does not keep the others back.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.forms import Form
from django.utils import timezone

from accounts.access import Actor
from accounts.models import Organisation, User
from accounts.operations import invitations, requests
from accounts.operations.memberships import ONESELF, NotGrantable, check_grantable
from accounts.operations.sign_in import account_of, mailbox_of
from accounts.origin import Origin
from accounts.permissions import LSO_ROLES, MarketRole, PortalRole

MOST_LINES = 500
MOST_BYTES = 1_000_000
COLUMNS = ("email", "name", "market_role", "portal_roles", "telephone", "starts_on", "ends_on")
# How a heading may call its column, in small letters without what is not a letter.
HEADINGS = {
    "email": "email", "emailaddress": "email", "mail": "email", "address": "email",
    "name": "name", "fullname": "name", "person": "name",
    "marketrole": "market_role", "market": "market_role",
    "portalroles": "portal_roles", "portalrole": "portal_roles", "roles": "portal_roles", "role": "portal_roles",
    "telephone": "telephone", "telephonenumber": "telephone", "phone": "telephone", "phonenumber": "telephone",
    "tel": "telephone", "mobile": "telephone",
    "start": "starts_on", "startdate": "starts_on", "startson": "starts_on", "from": "starts_on",
    "end": "ends_on", "enddate": "ends_on", "endson": "ends_on", "until": "ends_on", "to": "ends_on",
}  # fmt: skip


# In place of the cells of a line that cannot be taken apart: no cell holds it, since cells are stripped.
UNREADABLE = " "


class NotText(Exception):
    """The file as a whole cannot be read; the message is for people."""


class Outcome(StrEnum):
    INVITED = "Invited"
    HELD = "Waits for the operator"
    ASKED = "Waits for a second approval"
    ALREADY_INVITED = "Invited already"
    ALREADY_ACTS = "Acts already"
    WRONG = "Not invited"


@dataclass(frozen=True)
class Result:
    """What became of one line."""

    number: int
    email: str
    outcome: Outcome
    why: str = ""

    @property
    def code(self) -> str:
        """Which chooses the colour of its chip."""
        good = {Outcome.INVITED: "done", Outcome.HELD: "pl", Outcome.ASKED: "pl", Outcome.WRONG: "failed"}
        return good.get(self.outcome, "ex")


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8 or, as spreadsheets of Windows write it, in Windows-1252. Raises `NotText`."""
    if len(data) > MOST_BYTES:
        raise NotText("This is larger than 1 MB. Send at most 500 lines at a time.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        raise NotText("This is not a CSV file. In the spreadsheet, choose “Save as”, then “CSV UTF-8”.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NotText("The characters of this file cannot be read. Save it as “CSV UTF-8”.")


def lines_of(text: str) -> list[tuple[int, dict[str, str]]]:
    """The cells of each line by column, with the number that the line has in the file. Raises `NotText`."""
    rows = list(_rows(text))
    if not rows:
        raise NotText("There are no lines.")
    columns: Sequence[str] = COLUMNS
    named = [HEADINGS.get(re.sub(r"[^a-z]", "", cell.lower()), "") for cell in rows[0][1]]
    if "email" in named and not any("@" in cell for cell in rows[0][1]):
        columns, rows = named, rows[1:]
        if doubles := {name for name in named if name and named.count(name) > 1}:
            raise NotText(f"Two columns are headed as the same: {', '.join(sorted(doubles))}.")
    if not rows:
        raise NotText("There are no lines below the headings.")
    if len(rows) > MOST_LINES:
        raise NotText(f"These are {len(rows):,} lines. Send at most {MOST_LINES} at a time; nobody was invited yet.")
    return [(number, _cells(columns, cells)) for number, cells in rows]


def _cells(columns: Sequence[str], cells: list[str]) -> dict[str, str]:
    line = {name: cell for name, cell in zip(columns, cells, strict=False) if name}
    beyond = [cell for cell in cells[len(columns) :] if cell]
    return line | ({"beyond": beyond[0]} if beyond else {})


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, each read by itself: an open quotation mark shall not swallow the next."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    first = next((line for line in lines if line.strip()), "")
    separator = max("\t;,", key=first.count)
    for number, line in enumerate(lines, start=1):
        try:
            cells = [cell.strip() for cell in next(csv.reader([line], delimiter=separator, strict=True), [])]
        except csv.Error:
            cells = [UNREADABLE]
        if any(cells):
            yield number, cells


def market_role_of(text: str, held: Sequence[MarketRole]) -> str:
    """The market role that a cell means; the only one of the organisation where it is empty."""
    if not text and len(held) == 1:
        return held[0].value
    called = {role.value: role.value for role in MarketRole} | {role.label.lower(): role.value for role in MarketRole}
    return called.get(text.lower(), text)


def portal_roles_of(text: str) -> list[str]:
    """The portal roles that a cell means; a plain user where it is empty."""
    called = {role.value: role.value for role in PortalRole} | {role.label.lower(): role.value for role in PortalRole}
    called |= {"group lso": PortalRole.GROUP_LSO.value, "export": PortalRole.EXPORTER.value}
    names = [name.strip().lower() for name in re.split(r"[,;|/+&\n]|\band\b", text)]
    return [called.get(name, name) for name in names if name] or [PortalRole.USER.value]


def invite_many(
    *,
    lines: Sequence[tuple[int, dict[str, str]]],
    organisation: Organisation,
    market_roles: Sequence[MarketRole],
    form_of: Callable[[dict[str, Any]], Form],
    by: Actor,
    asker: User,
    origin: Origin,
    now: datetime,
) -> list[Result]:
    """Invite the person of each line that can be invited, and say of each line what became of it.

    `form_of` makes the form by which one person is invited, so that a line is held to what the page is.
    """
    results, seen = [], dict[tuple[str, str], int]()
    for number, cells in lines:
        market_role = market_role_of(cells.get("market_role", ""), market_roles)
        form = form_of(cells | {
            "market_role": market_role, "portal_roles": portal_roles_of(cells.get("portal_roles", "")),
        })  # fmt: skip
        email = cells.get("email", "")[:254]
        key = (account_of(email), market_role)
        if UNREADABLE in cells.values():
            email, problem = "", "a quotation mark is left open, or a cell is far too long."
        elif "beyond" in cells:
            problem = f"more cells than columns: “{cells['beyond'][:50]}”."
        elif not form.is_valid():
            problem = said(form)
        elif key in seen:
            problem = f"the same person is on line {seen[key]}."
        else:
            seen[key] = number
            outcome, why = invite_one(
                organisation=organisation, by=by, asker=asker, origin=origin, now=now, **form.cleaned_data
            )
            results.append(Result(number, email, outcome, why))
            continue
        results.append(Result(number, email, Outcome.WRONG, problem))
    return results


def said(form: Form) -> str:
    """What is wrong with a line, with the column where that says more."""
    problems = []
    for name, errors in form.errors.items():
        label = form.fields[name].label or name.replace("_", " ").capitalize() if name in form.fields else ""
        problems += [f"{label}: {error}" if label else str(error) for error in errors]
    return " ".join(problems)


def invite_one(
    *, organisation: Organisation, by: Actor, asker: User, origin: Origin, now: datetime, **about: Any
) -> tuple[Outcome, str]:
    """Invite one person, or ask for the second approval where they are to be an LSO; what became of it, and why."""
    roles: list[PortalRole] = about["portal_roles"]
    try:
        if mailbox_of(about["email"]) == mailbox_of(by.email):
            raise NotGrantable(ONESELF)
        check_grantable(by, roles)
        if LSO_ROLES.intersection(roles):
            ask_for_lso(organisation=organisation, asker=asker, origin=origin, now=now, **about)
            return Outcome.ASKED, "Another Local Security Officer, or operator support, has to approve it too."
        invited = invitations.invite(organisation=organisation, by=asker, origin=origin, now=now, **about)
    except invitations.AlreadyInvited:
        return Outcome.ALREADY_INVITED, "Send the invitation again from the page “Invitations”, or withdraw it first."
    except invitations.AlreadyActs:
        return Outcome.ALREADY_ACTS, "Change the roles, or enable them again, on the person’s page."
    except invitations.NotHeldByOrganisation:
        return Outcome.WRONG, f"{organisation.name} does not have this market role today. Ask operator support."
    except invitations.Unfit:
        return Outcome.WRONG, "The operator’s roles are for its own people, and they hold no others."
    except NotGrantable as refusal:
        return Outcome.WRONG, str(refusal)
    if invited.held:
        return Outcome.HELD, f"{invited.get_held_display()}. It is sent when the operator agrees."
    return Outcome.INVITED, ""


def ask_for_lso(
    *,
    organisation: Organisation,
    email: str,
    market_role: MarketRole,
    asker: User,
    origin: Origin,
    now: datetime,
    **about: Any,
) -> None:
    """Put an invitation as LSO to the one queue, where who asks has approved. Raises as `invitations.invite` does."""
    invitations.check_invitable(
        email=email, organisation=organisation, market_role=market_role, on=timezone.localdate(now)
    )
    about.pop("starts_on")
    requests.ask_for_lso_invitation(
        email=email, organisation=organisation, market_role=market_role, by=asker, origin=origin, now=now, **about
    )
