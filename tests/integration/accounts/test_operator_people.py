"""People as the operator sees them: found, looked at, helped and stopped."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import limits, mail
from accounts.minting import MINTS
from accounts.models import AccessRequest, SignIn, User
from accounts.operations import identities
from accounts.origin import SERVICE
from tests.integration.accounts.console import asks_for_proof, long_ago_proved, said, signed_in
from tests.integration.pages import read


def page(user, action=""):
    return f"/operator/people/{user.pk}/{action}{'/' if action else ''}"


def found(browser, text):
    return [row["E-mail address"] for row in read(browser.get("/operator/people/", {"q": text})).rows]


def act(user, on, action, **form):
    return signed_in(user).post(page(on, action), {"reason": "As agreed on the telephone."} | form, follow=True)


def delete(user, by):
    identities.delete(user=user, by=by, because="Left.", origin=SERVICE, now=timezone.now())


# -- found


@pytest.mark.parametrize("text", ["reader@", "READER@EXAMPLE.COM", "reade", "eade"])
def test_a_person_is_found_by_address_and_name(idle_support, reader, text):
    assert found(signed_in(idle_support), text) == ["reader@example.com"]


def test_people_are_found_by_the_short_code_of_their_organisation(idle_support, reader, lso, other_lso):
    assert found(signed_in(idle_support), "bgf") == ["lso@example.com", "reader@example.com"]


@pytest.mark.parametrize("text", ["%%%", "___", "re%er", "rea_er"])
def test_what_stands_for_anything_in_a_pattern_stands_for_itself(idle_support, reader, text):
    assert found(signed_in(idle_support), text) == []


def test_less_than_three_characters_are_not_searched(idle_support, reader):
    response = signed_in(idle_support).get("/operator/people/", {"q": "re"})

    assert "Enter at least 3 characters." in response.text
    assert read(response).rows == []


def test_more_than_a_page_is_said(idle_support):
    User.objects.bulk_create(User(email=f"many{n}@example.com", name=f"Many {n}") for n in range(51))

    response = signed_in(idle_support).get("/operator/people/", {"q": "many"})

    assert len(read(response).rows) == 50
    assert "There are more than these 50." in response.text


def test_a_deleted_account_is_seen_by_administrators_only(idle_support, security, auditor, administrator, reader):
    delete(reader, administrator)

    assert found(signed_in(administrator), "reader") == ["reader@example.com"]
    assert signed_in(administrator).get(page(reader)).status_code == 200
    for user in (idle_support, security, auditor):
        assert found(signed_in(user), "reader") == []
        assert signed_in(user).get(page(reader)).status_code == 404
    for action in ("unlock", "sessions", "switch", "email", "delete"):
        assert signed_in(administrator).post(page(reader, action), {"reason": "x"}).status_code == 404


# -- looked at


def test_the_page_of_a_person_says_what_is_true(idle_support, shipper, client):
    client.force_login(shipper)

    seen = read(signed_in(idle_support).get(page(shipper)))

    assert seen.heading == "Shipper"
    assert seen.values["E-mail address"] == "shipper@example.com"
    assert seen.values["Account id"] == str(shipper.pk)
    assert seen.values["Second factor"] == "Authenticator app"
    memberships = [row for row in seen.rows if "Portal roles" in row]
    assert [(row["Portal roles"], row["State"]) for row in memberships] == [("User, Exporter", "In force")]
    assert [row["Browser"] for row in seen.rows if "Browser" in row] == ["Unknown browser"]
    assert "Signed in" in [row.get("What") for row in seen.rows]


def test_each_role_is_offered_what_it_may_do_to_a_person(idle_support, security, auditor, administrator, reader):
    def offered(user):
        links = read(signed_in(user).get(page(reader))).links
        return {text for text, address in links.items() if address.startswith(page(reader)) and address != page(reader)}

    assert offered(idle_support) == {
        "Change the e-mail address",
        "File a lost second factor",
        "Give a code for a first second factor",
    }
    assert offered(security) == {"File a lost second factor", "Switch off"}
    assert offered(auditor) == set()
    assert offered(administrator) == {"Change the e-mail address", "Delete the account", "Switch off"}


def test_the_page_asks_no_more_for_more_events_and_sessions(idle_support, reader):
    browser, counts = signed_in(idle_support), []
    for size in (1, 15):
        for _ in range(size):
            signed_in(reader)
        with CaptureQueriesContext(connection) as queries:
            browser.get(page(reader))
        counts.append(len(queries))

    assert counts[0] == counts[1]


# -- helped


def test_support_lifts_a_lock(idle_support, reader):
    for _ in range(25):
        limits.SIGN_IN_BY_ACCOUNT.take(reader.email, now=timezone.now())
    assert "Lift the lock" in read(signed_in(idle_support).get(page(reader))).links

    assert said(act(idle_support, reader, "unlock")) == ["Reader can try again at once."]

    assert "Lift the lock" not in read(signed_in(idle_support).get(page(reader))).links
    assert said(act(idle_support, reader, "unlock")) == ["Reader was not locked."]


def test_ended_sessions_end_with_the_next_page(idle_support, reader, client):
    client.force_login(reader)

    assert said(act(idle_support, reader, "sessions")) == ["1 session of Reader ended."]

    assert client.get("/").status_code == 302


@pytest.fixture
def domains(reader):
    """The mail domains that the reader's organisation owns."""
    for domain in ("example.com", "bgf.example"):
        reader.memberships.get().organisation.domains.create(domain=domain)


def test_support_gives_no_address_outside_the_domains_and_an_administrator_does(
    idle_support, administrator, reader, domains
):
    """Else one of support could take an account over, address first and then the password."""
    response = act(idle_support, reader, "email", email="mallory@outside.example")

    assert "outside the mail domains" in response.text
    assert User.objects.get(pk=reader.pk).email == "reader@example.com"
    act(administrator, reader, "email", email="reader@outside.example")
    assert User.objects.get(pk=reader.pk).email == "reader@outside.example"


def test_support_changes_an_address_and_both_are_told(idle_support, reader, client, mailoutbox, domains):
    client.force_login(reader)

    response = act(idle_support, reader, "email", email="Reader@bgf.example")

    assert said(response) == ["The address of Reader is reader@bgf.example from now on. Both addresses are told."]
    assert client.get("/").status_code == 302
    mail.send_waiting(mints=MINTS, now=timezone.now())
    assert sorted(address for message in mailoutbox for address in message.to) == [
        "reader@bgf.example",
        "reader@example.com",
    ]


def test_an_address_in_use_is_said_beside_its_box(idle_support, reader, lso, domains):
    response = act(idle_support, reader, "email", email="lso@example.com")

    assert "Another account has this address." in response.text
    assert User.objects.get(pk=reader.pk).email == "reader@example.com"


def test_support_does_not_change_the_address_of_an_administrator(idle_support, administrator):
    """Else whoever reads the new mailbox could go on to reset the password."""
    response = act(idle_support, administrator, "email", email="mine@example.com")

    assert "ask an administrator to change the address" in response.text
    assert User.objects.get(pk=administrator.pk).email == "administrator@example.com"


def test_an_administrator_changes_the_address_of_support(administrator, idle_support):
    act(administrator, idle_support, "email", email="support@elsewhere.example")

    assert User.objects.get(pk=idle_support.pk).email == "support@elsewhere.example"


def test_support_files_a_lost_factor_for_a_caller(idle_support, shipper):
    response = act(idle_support, shipper, "lost-factor", reason="Lost the telephone; called back.")

    filed = AccessRequest.objects.get()
    assert said(response) == [f"Request {filed.reference} is in the queue. Two support staff must agree."]
    assert (filed.person, filed.filed_by, filed.purpose) == (shipper, idle_support, "Lost the telephone; called back.")


# -- stopped


def test_a_switched_off_person_is_out_at_once_and_in_again_when_switched_on(security, reader, client):
    client.force_login(reader)

    act(security, reader, "switch", turn="off")
    assert client.get("/").status_code == 302
    assert not User.objects.get(pk=reader.pk).is_active

    act(security, reader, "switch", turn="on")
    assert User.objects.get(pk=reader.pk).is_active


def test_a_form_that_was_made_to_switch_off_never_switches_on(security, administrator, reader):
    """Two look at the same account, and both send their form."""
    act(security, reader, "switch", turn="off")
    act(administrator, reader, "switch", turn="off")

    assert not User.objects.get(pk=reader.pk).is_active


def test_the_last_lso_is_switched_off_when_the_account_is_in_wrong_hands(security, lso):
    assert "leave nobody to look after" in act(security, lso, "switch", turn="off").text
    assert User.objects.get(pk=lso.pk).is_active

    act(security, lso, "switch", turn="off", even_last="on")

    assert not User.objects.get(pk=lso.pk).is_active


def test_an_administrator_deletes_an_account(administrator, reader, client):
    client.force_login(reader)

    response = act(administrator, reader, "delete")

    assert said(response) == ["The account of Reader is deleted. The address reader@example.com is free."]
    assert client.get("/").status_code == 302
    assert not User.objects.filter(pk=reader.pk).exists()


def test_the_last_lso_is_not_deleted(administrator, lso):
    assert "leave nobody to look after" in act(administrator, lso, "delete").text
    assert User.objects.filter(pk=lso.pk).exists()


@pytest.mark.parametrize("action", ["unlock", "sessions", "switch", "email", "delete", "lost-factor"])
def test_every_action_needs_a_fresh_proof_and_its_form(request, reader, action):
    user = request.getfixturevalue("idle_support" if action == "lost-factor" else "administrator")
    form = {"reason": "x" * 20, "email": "new@example.com", "turn": "off"}

    assert asks_for_proof(long_ago_proved(user).post(page(reader, action), form))
    missing = signed_in(user).post(page(reader, action), {})

    assert "There is a problem" in missing.text
    untouched = User.objects.get(pk=reader.pk)
    assert (untouched.email, untouched.is_active, untouched.deleted_at) == ("reader@example.com", True, None)


@pytest.mark.parametrize(
    ("role", "actions"),
    [
        ("administrator", ["unlock", "sessions", "switch", "email", "delete"]),
        ("idle_support", ["unlock", "sessions", "email", "lost-factor"]),
        ("security", ["unlock", "sessions", "switch", "lost-factor"]),
    ],
)
def test_nobody_acts_on_themselves(request, role, actions):
    user = request.getfixturevalue(role)
    was = user.email
    for action in actions:
        response = act(user, user, action, email="mine@example.com", turn="off", even_last="on")
        assert "Nobody does this to their own account." in response.text, action

    assert User.objects.get(pk=user.pk).is_active
    assert User.objects.get(pk=user.pk).email == was
    assert SignIn.objects.filter(user=user, ended_at=None).exists()
    assert not AccessRequest.objects.exists()


@pytest.mark.parametrize(
    ("role", "action"),
    [
        ("idle_support", "switch"),
        ("idle_support", "delete"),
        ("security", "delete"),
        ("auditor", "unlock"),
        ("auditor", "email"),
        ("lso", "unlock"),
        ("lso", "delete"),
    ],
)
def test_what_a_role_may_not_do_is_refused(request, reader, role, action):
    user = request.getfixturevalue(role)

    assert signed_in(user).post(page(reader, action), {"reason": "x", "turn": "off"}).status_code == 403
    assert User.objects.get(pk=reader.pk).is_active
