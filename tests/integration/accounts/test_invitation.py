"""Accepting an invitation: as a new person, as one who has an account, and not at all."""

import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts import mail, sealing
from accounts.minting import MINTS
from accounts.models import Invitation, MarketParticipant, Membership, SecurityEvent, User
from accounts.operations import invitations
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.conftest import PASSWORD, PortalClient
from tests.integration.pages import read

NEW = "violet kettle orbit sandal"
FORM = {"name": "Nora Newton", "telephone": "0113 496 0000", "password": NEW}


def now():
    return timezone.now()


def bgf():
    return MarketParticipant.objects.get(short_code="BGF", market_role="shipper").organisation


@pytest.fixture
def invite(lso):
    """Invite somebody to BGF; gives the invitation and the path of its link."""

    def invite(email="nora@example.com", *roles, organisation=None, market_role=MarketRole.SHIPPER, **options):
        organisation = organisation or bgf()
        organisation.domains.get_or_create(domain="example.com")
        invitation = invitations.invite(
            email=email, name="Nora", organisation=organisation, market_role=market_role,
            portal_roles=roles or (PortalRole.USER,), by=lso, origin=SERVICE, now=now(), **options,
        )  # fmt: skip
        return invitation, f"/invitations/{token_of(invitation)}/"

    return invite


def token_of(invitation):
    token = sealing.new_token()
    Invitation.objects.filter(pk=invitation.pk).update(
        digest=sealing.digest(f"invitation:{token}"), expires_at=now() + timedelta(days=7)
    )
    return token


def follow(client, link):
    response = client.get(link)
    assert response.url == "/invitations/"
    return client.get("/invitations/")


@pytest.mark.parametrize(
    ("short_code", "market_role", "roles"),
    [
        ("BGF", MarketRole.SHIPPER, [PortalRole.SUPPORT]),
        ("BGF", MarketRole.SHIPPER, [PortalRole.USER, PortalRole.ADMINISTRATOR]),
        ("DES", MarketRole.OPERATOR, [PortalRole.USER]),
        ("DES", MarketRole.OPERATOR, [PortalRole.SUPPORT, PortalRole.LSO]),
    ],
)
def test_nobody_is_invited_to_roles_that_are_not_for_the_market_role(invite, short_code, market_role, roles):
    held = MarketParticipant.objects.get(short_code=short_code, market_role=market_role)

    with pytest.raises(invitations.Unfit):
        invite("nora@example.com", *roles, organisation=held.organisation, market_role=market_role)

    assert not Invitation.objects.exists()


# -- a new person


def test_the_link_in_the_mail_shows_who_invites_to_what(client, invite, mailoutbox):
    invitation, _ = invite("nora@example.com", PortalRole.USER, PortalRole.EXPORTER, ends_on=date(2090, 5, 4))
    mail.send_waiting(mints=MINTS, now=now())
    link = re.search(r"http://localhost:8000(/invitations/\S+/)", mailoutbox[-1].body)[1]

    page = read(follow(client, link))

    assert page.heading == f"You are invited to act for {invitation.organisation.name}"
    assert page.values["Invited"] == "nora@example.com"
    assert page.values["By"].startswith("Lso, ")
    assert (page.values["As"], page.values["Portal roles"]) == ("Shipper", "Exporter, User")
    assert page.values["Until before"] == "4 May 2090"
    assert "set up a second factor" in client.get("/invitations/").text


def test_a_new_person_accepts_and_signs_in_with_the_new_password(client, invite):
    invitation, link = invite()
    assert 'value="Nora"' in follow(client, link).text

    response = client.post("/invitations/", FORM, follow=True)

    assert read(response).heading == "Sign in"
    assert f"You may act for {invitation.organisation.name} (Shipper). Sign in with your new password." in response.text
    assert "_auth_user_id" not in client.session
    user = User.objects.get(email="nora@example.com")
    assert (user.name, user.telephone, user.check_password(NEW)) == ("Nora Newton", "0113 496 0000", True)
    membership = Membership.objects.get(user=user)
    assert (membership.portal_roles, membership.organisation) == (["user"], invitation.organisation)
    events = set(SecurityEvent.objects.filter(person_id=user.pk).values_list("event", flat=True))
    assert events == {
        "account:identity:made", "organisation:invitation:accepted", "organisation:membership:added",
    }  # fmt: skip
    assert client.post("/sign-in/", {"login": user.email, "password": NEW}).url == "/"
    assert client.get("/").url == "/terms/?next=/"


def test_who_needs_a_second_factor_is_led_to_make_it_without_a_code_by_mail(client, invite):
    _, link = invite("nora@example.com", PortalRole.EXPORTER)
    follow(client, link)
    client.post("/invitations/", FORM)

    response = client.post("/sign-in/", {"login": "nora@example.com", "password": NEW}, follow=True)

    assert read(response).heading == "Set up your second factor"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": ""}, "Enter a new password."),
        ({"password": "short"}, "too short"),
        ({"password": "nora-newton-nora-newton"}, "words about you"),
        ({"password": "northern-gas-shipping!"}, "words about you"),
        ({"password": "nora@example.com 01"}, "words about you"),
        ({"name": ""}, "Enter your name."),
        ({"name": "N\0"}, "Null characters are not allowed"),
        ({"name": "x" * 151}, "at most 150"),
        ({"telephone": "ring me"}, "in digits"),
        ({"password": "x" * 5000}, "at most 128"),
    ],
)
def test_what_will_not_do_gets_a_message_and_makes_nothing(client, invite, changes, said):
    invitation, link = invite()
    type(invitation.organisation).objects.filter(pk=invitation.organisation_id).update(name="Northern Gas Shipping")
    follow(client, link)

    response = client.post("/invitations/", FORM | changes)

    assert response.status_code == 200
    assert said in response.text
    assert not User.objects.filter(email="nora@example.com").exists()
    assert Invitation.objects.get(pk=invitation.pk).accepted_at is None


def test_what_is_invited_to_is_not_for_the_invited_to_choose(client, invite):
    invitation, link = invite()
    follow(client, link)
    client.post("/invitations/", FORM | {"email": "x@evil.example", "portal_roles": "lso", "organisation": "1"})

    membership = Membership.objects.get(user__email="nora@example.com")
    assert membership.portal_roles == ["user"]
    assert membership.organisation == invitation.organisation


def test_an_account_that_comes_back_has_its_history_and_a_new_password(client, invite, outsider, administrator):
    User.objects.filter(pk=outsider.pk).update(deleted_at=now(), is_active=False)
    outsider.refresh_from_db(from_queryset=User.with_deleted)
    invitation, _ = invite(outsider.email)
    invitations.consent(invitation=invitation, restores=outsider, by=administrator, origin=SERVICE, now=now())
    follow(client, f"/invitations/{token_of(invitation)}/")
    client.post("/invitations/", FORM)

    user = User.objects.get(email=outsider.email)
    assert (user.pk, user.name, user.is_active) == (outsider.pk, "Nora Newton", True)
    assert user.check_password(NEW)


def test_an_invitation_that_begins_later_says_so(client, invite):
    _, link = invite(starts_on=date(2090, 5, 4))
    follow(client, link)
    response = client.post("/invitations/", FORM, follow=True)

    assert "(Shipper) from 4 May 2090." in response.text


# -- somebody who has an account


def test_who_has_an_account_is_led_to_sign_in_and_accepts_by_one_button(client, invite, outsider):
    invitation, link = invite(outsider.email)
    page = follow(client, link)
    assert read(page).links["Sign in"] == "/sign-in/?next=/invitations/"
    assert 'name="password"' not in page.text
    assert client.post("/invitations/", FORM).status_code == 200
    assert not Membership.objects.filter(user=outsider).exists()

    response = client.post("/sign-in/", {"login": outsider.email, "password": PASSWORD, "next": "/invitations/"})
    assert response.url == "/invitations/"
    assert "Accept" in client.get("/invitations/").text
    response = client.post("/invitations/", follow=True)

    assert f"You may act for {invitation.organisation.name} (Shipper)" in response.text
    assert Membership.objects.get(user=outsider).organisation == invitation.organisation
    outsider.refresh_from_db()
    assert outsider.check_password(PASSWORD)
    assert outsider.name == "Outsider"


def test_somebody_else_who_is_signed_in_accepts_nothing(client, invite, outsider, reader):
    _, link = invite(outsider.email)
    client.force_login(reader)

    page = follow(client, link)
    assert "You are signed in as reader@example.com." in page.text
    client.post("/invitations/", FORM)

    assert not Membership.objects.filter(user=outsider).exists()
    assert Membership.objects.filter(user=reader).count() == 1


def test_who_is_signed_in_makes_no_second_account(client, invite, reader):
    _, link = invite()
    client.force_login(reader)
    assert "for another person" in follow(client, link).text

    client.post("/invitations/", FORM)

    assert not User.objects.filter(email="nora@example.com").exists()


def test_an_account_that_is_switched_off_says_whom_to_ask(client, invite, outsider):
    User.objects.filter(pk=outsider.pk).update(is_active=False)
    _, link = invite(outsider.email)

    page = follow(client, link)

    assert "The account of this address is switched off." in page.text
    assert "Ask Lso or operator support" in page.text


# -- not open


def test_an_invitation_is_accepted_once(client, invite):
    _, link = invite()
    follow(client, link)
    other = PortalClient()
    follow(other, link)
    other.post("/invitations/", FORM)

    assert client.post("/invitations/", FORM).status_code == 410
    assert client.get(link).status_code == 410
    assert Membership.objects.filter(user__email="nora@example.com").count() == 1


@pytest.mark.parametrize("what", ["withdrawn", "held", "sent again"])
def test_a_link_that_is_over_says_so_and_gives_nothing_away(client, invite, what, reader):
    invitation, link = invite(reader.email, market_role=MarketRole.SUPPLIER)
    if what == "withdrawn":
        invitations.withdraw(invitation=invitation, by_id=None, origin=SERVICE, now=now())
    elif what == "held":
        Invitation.objects.filter(pk=invitation.pk).update(held="domain", digest=None)
    else:
        token_of(invitation)

    response = client.get(link)

    assert response.status_code == 410
    assert read(response).heading == "This invitation is not open"
    assert reader.email not in response.text
    assert invitation.organisation.name not in response.text


def test_an_invitation_whose_time_is_up_says_whom_to_ask(client, invite, lso, second_lso):
    invitation, link = invite()
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=now())

    response = client.get(link)

    assert response.status_code == 410
    assert f"To join {invitation.organisation.name}, ask for another invitation." in response.text
    assert lso.email in read(response).links
    assert second_lso.email not in read(response).links  # the one who invited is there to be asked


def test_where_the_inviter_has_gone_the_other_lsos_are_asked(client, invite, lso, second_lso):
    invitation, link = invite()
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=now())
    Membership.objects.filter(user=lso).update(disabled_at=now())

    links = read(client.get(link)).links

    assert second_lso.email in links
    assert lso.email not in links


def test_an_invitation_withdrawn_while_the_page_is_open_is_not_accepted(client, invite):
    invitation, link = invite()
    follow(client, link)
    invitations.withdraw(invitation=invitation, by_id=None, origin=SERVICE, now=now())

    assert client.post("/invitations/", FORM).status_code == 410
    assert not User.objects.filter(email="nora@example.com").exists()


def test_links_that_lead_nowhere_are_counted_for_the_network(client, db, settings):
    settings.LIMITS = settings.LIMITS | {"private link by network": (3, 3600)}
    statuses = [client.get(f"/invitations/{number}/").status_code for number in range(4)]

    assert statuses == [410, 410, 410, 429]


@pytest.mark.parametrize("token", ["x", "%00", "x" * 5000, "%ED%A0%80"])
def test_a_token_that_is_none_is_not_open(client, db, token):
    assert client.get(f"/invitations/{token}/").status_code == 410


def test_without_a_link_there_is_no_invitation(client, invite):
    invite()

    assert client.get("/invitations/").status_code == 410
    assert client.post("/invitations/", FORM).status_code == 410


def test_the_token_is_neither_in_the_address_nor_readable_in_the_session(client, invite):
    _, link = invite()
    follow(client, link)

    assert link.split("/")[2] not in str(dict(client.session.items()))


def take(invitation, **how):
    return invitations.accept(invitation=invitation, origin=SERVICE, now=now(), **how)


def test_no_account_is_made_without_a_password(invite):
    invitation, _ = invite()

    for password in (None, ""):
        with pytest.raises(invitations.OtherPerson):
            take(invitation, signed_in=None, password=password)
    assert not User.objects.filter(email="nora@example.com").exists()


def test_an_invitation_that_is_over_is_not_accepted(invite):
    invitation, _ = invite()
    take(invitation, signed_in=None, password=NEW)

    with pytest.raises(invitations.NotOpen):
        take(invitation, signed_in=None, password="cedar button lagoon prism")


def test_an_account_that_is_back_already_under_another_address_gets_no_new_password(invite, outsider):
    invitation, _ = invite()
    Invitation.objects.filter(pk=invitation.pk).update(restores=outsider)

    with pytest.raises(invitations.OtherPerson):
        take(invitation, signed_in=None, password=NEW)
    outsider.refresh_from_db()
    assert outsider.check_password(PASSWORD)
