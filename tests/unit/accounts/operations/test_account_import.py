"""What an import makes of each line, what it leaves as it is, and that it is done wholly or not at all."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event, Mail, MarketParticipant, Membership, Organisation, SecurityEvent, User
from accounts.operations import account_import
from accounts.operations.account_import import Deleted, OtherImport
from accounts.operations.account_lines import Result
from tests.unit.accounts.operations.importing import bring_in

pytestmark = pytest.mark.django_db


def one(line: str, **options):
    """What becomes of one line: its result, and the reason."""
    outcome = bring_in(line, **options)
    (row,) = outcome.rows
    return row.result, outcome.reason(row)


def delete(user):
    User.objects.filter(pk=user.pk).update(is_active=False, deleted_at=timezone.now())
    return user


def today(days: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


# -- what is made


def test_a_new_person_has_an_account_that_no_password_opens_and_the_membership():
    outcome = bring_in("Ann@Example.com,Ann  Other,0113 496 0000,bgf,Shipper,User; Exporter,2019-05-01,")

    user = User.objects.get(email="ann@example.com")
    membership = Membership.objects.get(user=user)
    assert [row.result for row in outcome.rows] == [Result.MADE]
    assert (user.name, user.telephone, user.is_active) == ("Ann Other", "0113 496 0000", True)
    assert (user.has_usable_password(), user.password_set_at, user.last_login) == (False, None, None)
    assert (membership.market_role, membership.portal_roles) == ("shipper", ["exporter", "user"])
    assert (membership.started_on.isoformat(), membership.ended_on) == ("2019-05-01", None)
    assert membership.organisation.participants.filter(short_code="BGF").exists()


def test_several_old_accounts_of_a_person_become_one_with_several_memberships():
    outcome = bring_in(
        "ann@example.com,Ann Other,,BGF,shipper,user,,",
        "ANN@example.com,Ann Other,0113 496 0000,BGF,supplier,exporter,,",
        "ann@EXAMPLE.com,A. Other,,OCT,shipper,user,,31/12/2099",
    )

    user = User.objects.get(email="ann@example.com")
    assert [row.result for row in outcome.rows] == [Result.MADE, Result.ADDED, Result.ADDED]
    assert Membership.objects.filter(user=user).count() == 3
    assert (user.name, user.telephone) == ("Ann Other", "0113 496 0000")
    assert "account that line 2 makes" in outcome.reason(outcome.rows[1])
    assert "gets the name Ann Other; this line says A. Other" in outcome.reason(outcome.rows[2])


def test_an_account_that_is_there_gets_the_membership_and_keeps_its_name_and_password(supplier):
    result, reason = one("Supplier@Example.com,Somebody Else,,OCT,shipper,user,,")

    before, supplier = supplier.password, User.objects.get(pk=supplier.pk)
    assert result == Result.ADDED
    assert "keeps its name, Supplier; the file says Somebody Else" in reason
    assert (supplier.name, supplier.password) == ("Supplier", before)
    assert Membership.objects.filter(user=supplier).count() == 2


def test_a_membership_that_is_there_stays_as_it_is(reader):
    result, reason = one("reader@example.com,Reader,,BGF,shipper,user;exporter,,")

    assert result == Result.THERE
    assert "has user there and the file says exporter, user: nothing is changed" in reason
    assert Membership.objects.get(user=reader).portal_roles == ["user"]


def test_an_import_done_twice_changes_nothing():
    lines = ["ann@example.com,Ann,,BGF,shipper,user,,", "ann@example.com,Ann,,OCT,shipper,user,,"]
    bring_in(*lines)
    before = (User.objects.count(), Membership.objects.count(), Mail.objects.count())

    outcome = bring_in(*lines)

    assert [row.result for row in outcome.rows] == [Result.THERE, Result.THERE]
    assert (User.objects.count(), Membership.objects.count(), Mail.objects.count()) == before


def test_disabled_and_switched_off_stay_so(reader, supplier):
    Membership.objects.filter(user=reader).update(disabled_at=timezone.now())
    User.objects.filter(pk=supplier.pk).update(is_active=False)

    first, second = bring_in(
        "reader@example.com,Reader,,BGF,shipper,user,,", "supplier@example.com,Supplier,,OCT,shipper,user,,"
    ).rows

    assert (first.result, second.result) == (Result.THERE, Result.ADDED)
    assert "disabled, and stays so" in " ".join(first.notes)
    assert "switched off, and stays so" in " ".join(second.notes)
    assert Membership.objects.get(user=reader).disabled_at
    assert not User.objects.get(pk=supplier.pk).is_active
    assert not Mail.objects.filter(template="imported", to="supplier@example.com").exists()


def test_a_membership_that_somebody_ended_does_not_come_back_by_an_old_date(reader):
    Membership.objects.filter(user=reader).update(ended_on=today())

    assert one("reader@example.com,Reader,,BGF,shipper,user,2020-01-06,")[0] == Result.BAD
    assert one("reader@example.com,Reader,,BGF,shipper,user,,")[0] == Result.ADDED


def test_a_membership_may_follow_one_that_has_its_end(reader):
    Membership.objects.filter(user=reader).update(ended_on=today(30))

    assert one(f"reader@example.com,Reader,,BGF,shipper,user,{today(30)},")[0] == Result.ADDED


def test_outside_domains_are_noted_and_no_hindrance():
    organisation = Organisation.objects.get(participants__short_code="BGF", participants__market_role="shipper")
    organisation.domains.create(domain="example.com")

    inside, outside = bring_in("a@example.com,Ann,,BGF,shipper,user,,", "b@example.org,Ben,,BGF,shipper,user,,").rows

    assert (inside.result, outside.result) == (Result.MADE, Result.MADE)
    assert inside.notes == []
    assert outside.notes == [f"The address is outside the mail domains of {organisation.name}."]


# -- deleted accounts


def test_the_address_of_a_deleted_account_is_for_an_administrator_to_decide(reader):
    delete(reader)

    result, reason = one("reader@example.com,Reader,,OCT,shipper,user,,")

    assert result == Result.BAD
    assert "--restore-deleted" in reason
    assert "--new-identities" in reason
    assert not User.objects.filter(email="reader@example.com").exists()


def test_a_deleted_account_comes_back_as_the_same_identity(reader):
    delete(reader)

    result, reason = one("READER@example.com,Reader,,OCT,shipper,user,,", deleted=Deleted.RESTORE)

    back = User.objects.get(email="reader@example.com")
    assert (result, back.pk) == (Result.ADDED, reader.pk)
    assert "the same identity comes back" in reason
    assert (back.is_active, back.has_usable_password(), back.password_set_at) == (True, False, None)
    assert SecurityEvent.objects.filter(event=Event.ACCOUNT_RESTORED, person_id=reader.pk).exists()


def test_the_account_that_comes_back_is_the_one_deleted_last(reader, supplier):
    delete(reader)
    long_ago = timezone.now() - timedelta(days=900)
    User.objects.filter(pk=supplier.pk).update(email="reader@example.com", is_active=False, deleted_at=long_ago)

    one("reader@example.com,Reader,,OCT,shipper,user,,", deleted=Deleted.RESTORE)

    assert User.objects.get(email="reader@example.com").pk == reader.pk


def test_or_a_new_identity_is_made_and_history_stays_with_the_old_one(reader):
    delete(reader)

    result, reason = one("reader@example.com,Reader,,BGF,shipper,user,,", deleted=Deleted.RENEW)

    assert result == Result.MADE
    assert "a new identity is made" in reason
    assert User.objects.get(email="reader@example.com").pk != reader.pk
    assert User.with_deleted.get(pk=reader.pk).deleted_at
    assert Membership.objects.filter(user=reader).count() == 1


# -- bad lines

BAD = {
    "an unknown short code": ("ann@example.com,Ann,,ZZZ9,shipper,user,,", "There is no short code ZZZ9."),
    "a code that is not held so": ("ann@example.com,Ann,,BGF,gt,user,,", "here today as shipper, supplier."),
    "a malformed address": ("ann,Ann,,BGF,shipper,user,,", "like name@company.co.uk"),
}


@pytest.mark.parametrize(("line", "why"), BAD.values(), ids=BAD)
def test_a_bad_line_is_not_imported_and_says_how_to_put_it_right(line, why):
    people = User.objects.count()

    result, reason = one(line, only_good=True)

    assert result == Result.BAD
    assert why in reason
    assert User.objects.count() == people


def test_a_market_role_that_ended_is_not_held_today():
    code = MarketParticipant.objects.filter(short_code="BGF", market_role="shipper")
    code.update(ended_on=today())

    assert "BGF is not here as shipper today" in one("ann@example.com,Ann,,BGF,shipper,user,,")[1]


def test_of_a_line_that_is_there_twice_the_first_counts():
    line = "ann@example.com,Ann,,BGF,shipper,user,,"

    first, second = bring_in(line, line.upper().replace("SHIPPER,USER", "shipper,user"), only_good=True).rows

    assert (first.result, second.result) == (Result.MADE, Result.BAD)
    assert second.problems == ["The same as line 2. Take one of them out."]


def test_of_lines_that_differ_in_roles_none_counts():
    first, other, second = bring_in(
        "ann@example.com,Ann,,BGF,shipper,user,,",
        "ann@example.com,Ann,,OCT,shipper,user,,",
        "ann@example.com,Ann,,BGF,shipper,exporter,,",
        only_good=True,
    ).rows

    assert (first.result, other.result, second.result) == (Result.BAD, Result.MADE, Result.BAD)
    assert "Lines 2, 4 are of one person" in first.problems[0]


def test_short_codes_of_one_company_in_one_role_are_one_membership():
    bgf = MarketParticipant.objects.get(short_code="BGF", market_role="shipper")
    MarketParticipant.objects.create(
        organisation=bgf.organisation,
        market_role="shipper",
        short_code="BGX",
        started_on=bgf.started_on,
        basis="invented",
    )

    first, second = bring_in(
        "ann@example.com,Ann,,BGF,shipper,user,,", "ann@example.com,Ann,,BGX,shipper,user,,", only_good=True
    ).rows

    assert (first.result, second.result) == (Result.MADE, Result.BAD)


# -- all or nothing


def test_one_bad_line_keeps_all_out_and_the_results_say_what_would_be():
    outcome = bring_in("ann@example.com,Ann,,BGF,shipper,user,,", "ben,Ben,,BGF,shipper,user,,")

    assert not outcome.is_written
    assert [outcome.said(row.result) for row in outcome.rows] == ["would be made", "bad"]
    assert not User.objects.filter(email="ann@example.com").exists()
    assert not SecurityEvent.objects.filter(event=Event.ACCOUNTS_IMPORTED).exists()


def test_only_the_good_lines_go_in_where_that_is_asked_for():
    outcome = bring_in("ann@example.com,Ann,,BGF,shipper,user,,", "ben,Ben,,BGF,shipper,user,,", only_good=True)

    assert outcome.is_written
    assert User.objects.filter(email="ann@example.com").exists()


def test_a_dry_run_changes_nothing(reader):
    delete(reader)
    before = (
        User.with_deleted.count(),
        Membership.objects.count(),
        Mail.objects.count(),
        SecurityEvent.objects.count(),
    )

    outcome = bring_in(
        "ann@example.com,Ann,,BGF,shipper,user,,", "reader@example.com,Ann,,OCT,shipper,user,,",
        dry_run=True, deleted=Deleted.RESTORE,
    )  # fmt: skip

    assert not outcome.is_written
    assert [row.result for row in outcome.rows] == [Result.MADE, Result.ADDED]
    assert before == (
        User.with_deleted.count(), Membership.objects.count(), Mail.objects.count(), SecurityEvent.objects.count()
    )  # fmt: skip
    assert User.with_deleted.get(pk=reader.pk).deleted_at


def failing(*_arguments, **_options):
    raise OperationalError("the server has gone")


@pytest.mark.parametrize("step", ["restore", "happened", "letters", "record", "before_commit"])
def test_a_failure_at_any_step_leaves_nothing(step, reader, monkeypatch):
    delete(reader)
    before = (Membership.objects.count(), Mail.objects.count(), SecurityEvent.objects.count())
    if step != "before_commit":
        monkeypatch.setattr(account_import, step, failing)

    with pytest.raises(OperationalError):
        bring_in(
            "ann@example.com,Ann,,BGF,shipper,user,,",
            "reader@example.com,Reader,,OCT,shipper,user,,",
            only_good=True,
            deleted=Deleted.RESTORE,
            before_commit=failing,
        )

    assert (Membership.objects.count(), Mail.objects.count(), SecurityEvent.objects.count()) == before
    assert not User.objects.filter(email__in=["ann@example.com", "reader@example.com"]).exists()


def test_two_imports_do_not_run_at_once():
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [account_import.ONE_AT_A_TIME])

        with pytest.raises(OtherImport):
            bring_in("ann@example.com,Ann,,BGF,shipper,user,,")
    finally:
        other.close()


def test_statements_are_as_many_for_many_lines_as_for_few():
    def statements(first: int, count: int) -> int:
        lines = [f"p{number}@example.com,Ann,,BGF,shipper,user,," for number in range(first, first + count)]
        with CaptureQueriesContext(connection) as captured:
            bring_in(*lines)
        return len(captured)

    few = statements(0, 2)

    assert statements(1_000, 450) == few
    assert few < 20
