"""The evidence pack: whole, checked by its digests, and safe to open."""

import csv
import hashlib
import io
import re
from datetime import timedelta
from zipfile import ZipFile

import pytest
from django.utils import timezone

from accounts.models import Certification, RequestKind, SecurityEvent, User
from accounts.operations import evidence, memberships, support
from accounts.operations.requests import ask_for_lost_factor
from accounts.origin import SERVICE
from accounts.permissions import PortalRole

NOW = timezone.now()
TODAY = timezone.localdate(NOW)
YEAR = timedelta(days=364)


def pack(by, *, since=TODAY - YEAR, until=TODAY):
    file = io.BytesIO()
    evidence.write_pack(file, since=since, until=until, by=by, origin=SERVICE, now=NOW)
    return ZipFile(file)


def rows(taken, name):
    return list(csv.DictReader(io.StringIO(taken.read(name).decode(), newline="")))


def organisation_of(user):
    return user.memberships.get().organisation


def test_every_member_has_the_digest_and_count_that_the_readme_says(auditor, lso):
    taken = pack(auditor)

    said = re.findall(r"^(\S+\.csv)\n.*\n  (\d+) rows, SHA-256 (\w{64})", taken.read("README.txt").decode(), re.M)
    assert [name for name, _, _ in said] == [name for name, *_ in evidence.MEMBERS]
    for name, count, digest in said:
        assert hashlib.sha256(taken.read(name)).hexdigest() == digest
        assert len(rows(taken, name)) == int(count)


def test_the_readme_says_who_took_it_and_of_which_days(auditor):
    readme = pack(auditor).read("README.txt").decode()

    assert "by Auditor (auditor@example.com)" in readme
    assert f"to {TODAY:%-d %B %Y}" in readme


def test_to_take_it_is_an_event(auditor):
    pack(auditor)

    [event] = SecurityEvent.objects.filter(event="service:events:read")
    assert event.by_id == auditor.pk
    assert event.detail.startswith("Evidence pack taken away")


def test_people_are_there_with_roles_sign_in_and_second_factor(auditor, shipper, reader, client):
    client.force_login(shipper)

    people = {row["email"]: row for row in rows(pack(auditor), "people.csv")}

    assert people["shipper@example.com"]["portal_roles"] == "User, Exporter"
    assert people["shipper@example.com"]["has_second_factor"] == "Yes"
    assert people["shipper@example.com"]["last_sign_in"].startswith(f"{TODAY}")
    assert people["reader@example.com"]["has_second_factor"] == "No"
    assert people["reader@example.com"]["last_sign_in"] == ""


def test_who_left_before_the_period_is_not_there(auditor, reader):
    reader.memberships.update(ended_on=TODAY - timedelta(days=400))

    assert "reader@example.com" not in {row["email"] for row in rows(pack(auditor), "people.csv")}


def test_a_name_that_a_spreadsheet_would_run_is_text(auditor, reader):
    User.objects.filter(pk=reader.pk).update(name="=HYPERLINK(1)")

    people = {row["email"]: row for row in rows(pack(auditor), "people.csv")}

    assert people["reader@example.com"]["person"] == "'=HYPERLINK(1)"


def test_attestations_and_what_is_overdue(auditor, lso, other_lso):
    Certification.objects.create(
        organisation=organisation_of(lso), opened_at=NOW, due_on=TODAY, done_at=NOW, done_by=lso, confirmed=4,
        removed=1,
    )  # fmt: skip
    Certification.objects.create(
        organisation=organisation_of(other_lso), opened_at=NOW - timedelta(days=40), due_on=TODAY - timedelta(days=10)
    )

    taken = pack(auditor)

    [done] = [row for row in rows(taken, "certifications.csv") if row["done_at"]]
    assert (done["done_by_email"], done["confirmed"], done["removed"]) == (lso.email, "4", "1")
    [late] = rows(taken, "overdue_certifications.csv")
    assert (late["organisation"], late["days_overdue"]) == (organisation_of(other_lso).name, "10")


def test_changes_sessions_requests_and_acceptances(auditor, reader, lso, idle_support, actor):
    memberships.change_roles(
        membership=reader.memberships.get(), roles=[PortalRole.USER, PortalRole.EXPORTER], by=actor(lso),
        origin=SERVICE, now=NOW,
    )  # fmt: skip
    support.open_session(
        user=idle_support, organisation=organisation_of(lso), reason="Call 4711: no site.", minutes=5, origin=SERVICE,
        now=NOW,
    )  # fmt: skip
    ask_for_lost_factor(person=reader, filed_by=idle_support, reason="Lost.", origin=SERVICE, now=NOW)

    taken = pack(auditor)

    [change] = [row for row in rows(taken, "changes.csv") if row["event"] == "organisation:role:granted"]
    assert (change["person"], change["by"]) == ("Reader", "Lso")
    [session] = rows(taken, "support_sessions.csv")
    assert (session["support"], session["reason"], session["ended_at"]) == ("Support", "Call 4711: no site.", "")
    [request] = rows(taken, "access_requests.csv")
    assert (request["kind"], request["filed_by"]) == (RequestKind.LOST_FACTOR.label, "Support")
    accepted = [row for row in rows(taken, "terms_acceptances.csv") if row["email"] == reader.email]
    in_force = {(row["document"], row["version"]): row for row in rows(taken, "terms.csv")}
    assert {(row["document"], row["version"]) for row in accepted} == set(in_force)
    assert all(int(row["accepted"]) == User.objects.count() for row in in_force.values())


@pytest.mark.parametrize("name", ["changes.csv", "support_sessions.csv", "terms_acceptances.csv"])
def test_what_was_outside_the_days_is_not_there(auditor, reader, lso, name):
    before = TODAY - timedelta(days=2)

    assert rows(pack(auditor, since=before, until=before), name) == []
