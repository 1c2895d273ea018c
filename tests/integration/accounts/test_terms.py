"""Terms of use: asked for before anything else works, again when they change, and kept with what was read."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuthenticatorApp, SecurityEvent, TermsAcceptance, TermsDocument
from accounts.operations import terms as terms_operations
from accounts.origin import SERVICE
from tests.conftest import accept_terms, owning
from tests.integration.pages import read

REQUIRED = ("terms-and-conditions", "terms-of-use", "privacy-notice")


def publish(slug="terms-of-use", text="# New\n\nThe second text.", days=0, **changes):
    values = {"title": "Terms of use", "required": True, "opens": ""} | changes
    return terms_operations.publish(
        slug=slug, text=text, effective_from=timezone.localdate() + timedelta(days=days), by=None, origin=SERVICE,
        now=timezone.now(), **values,
    )  # fmt: skip


def forget_acceptances(user):
    with owning():
        TermsAcceptance.objects.filter(user=user).delete()


@pytest.fixture
def asked(client, reader):
    """Signed in, with nothing accepted yet."""
    forget_acceptances(reader)
    client.force_login(reader)
    return client


def in_force(slug):
    return TermsDocument.objects.in_force(on=timezone.localdate()).get(slug=slug)


def ticked(*slugs):
    return {f"accept-{slug}": in_force(slug).sha256 for slug in slugs}


def accepted(user):
    return set(TermsAcceptance.objects.filter(user=user).values_list("document__slug", "document__version"))


# -- asked for


def test_nothing_works_before_the_terms_are_accepted_and_the_page_leads_back(asked, reader):
    response = asked.get("/search/?q=LS1")
    assert response.url == "/terms/?next=/search/%3Fq%3DLS1"

    page = asked.get(response.url)
    assert read(page).heading == "Before you go on"
    assert read(page).hidden["next"] == "/search/?q=LS1"
    response = asked.post("/terms/", ticked(*REQUIRED) | {"next": "/search/?q=LS1"})

    assert response.url == "/search/?q=LS1"
    assert asked.get("/search/?q=LS1").status_code == 200
    assert accepted(reader) == {(slug, 1) for slug in REQUIRED}


def test_an_acceptance_says_when_what_and_from_where(asked, reader):
    asked.post("/terms/", ticked(*REQUIRED))

    acceptance = TermsAcceptance.objects.get(user=reader, document__slug="terms-of-use")
    assert acceptance.sha256 == in_force("terms-of-use").sha256
    assert (acceptance.by, acceptance.address) == ("click", "127.0.0.1")
    assert timezone.now() - acceptance.at < timedelta(minutes=1)
    events = SecurityEvent.objects.filter(person_id=reader.pk, event="terms:document:accepted").order_by("-pk")[:3]
    assert any(f"Terms of use, version 1, SHA-256 {acceptance.sha256}" == event.detail for event in events)


def test_the_whole_text_is_there_with_its_headings_and_nothing_of_it_is_html(asked):
    publish(text="# 1. <b>Bold</b>\n\nOne & two\nlines.\n\n# 2. Last\nNo gap.")

    text = " ".join(asked.get("/terms/").text.split())

    assert '<h3 class="govuk-heading-s">1. &lt;b&gt;Bold&lt;/b&gt;</h3>' in text
    assert '<p class="govuk-body">One &amp; two lines.</p>' in text
    assert '<h3 class="govuk-heading-s">2. Last</h3>' in text
    assert '<p class="govuk-body">No gap.</p>' in text


@pytest.mark.parametrize("missing", REQUIRED)
def test_each_box_must_be_ticked(asked, reader, missing):
    response = asked.post("/terms/", ticked(*(slug for slug in REQUIRED if slug != missing)))

    assert response.status_code == 200
    assert f'<a href="#accept-{missing}">Tick the box to say that you' in response.text
    assert response.text.count('aria-invalid="true"') == 1
    assert not accepted(reader)
    assert asked.get("/").status_code == 302


def test_no_box_is_ticked_beforehand(asked):
    assert "checked" not in asked.get("/terms/").text


def test_a_text_that_changed_while_it_was_read_is_asked_for_anew(asked, reader):
    form = ticked(*REQUIRED)
    publish()

    response = asked.post("/terms/", form)

    assert response.status_code == 200
    assert "The text of Terms of use was changed while you read it." in response.text
    assert "The second text." in response.text
    assert not accepted(reader)
    assert asked.post("/terms/", ticked(*REQUIRED)).url == "/"
    assert ("terms-of-use", 2) in accepted(reader)


@pytest.mark.parametrize("value", ["on", "x", "0" * 64, "\0", "x" * 5000])
def test_what_is_no_hash_of_the_text_accepts_nothing(asked, reader, value):
    response = asked.post("/terms/", ticked(*REQUIRED) | {"accept-terms-of-use": value})

    assert response.status_code == 200
    assert not accepted(reader)


def test_a_new_version_is_asked_for_and_only_that_one(client, reader):
    client.force_login(reader)
    assert client.get("/").status_code == 200
    publish()

    assert client.get("/").url == "/terms/?next=/"
    page = client.get("/terms/")
    assert page.text.count('type="checkbox"') == 1
    client.post("/terms/", ticked("terms-of-use"))
    assert client.get("/").status_code == 200


def test_a_version_that_is_to_come_is_not_asked_for_yet(client, reader):
    publish(days=1)
    client.force_login(reader)

    assert client.get("/").status_code == 200


def test_the_second_factor_comes_first(client, lso):
    forget_acceptances(lso)
    AuthenticatorApp.objects.filter(user=lso).delete()
    client.force_login(lso)

    assert client.get("/terms/").url == "/sign-in/first-factor/?next=/terms/"
    assert client.post("/terms/", ticked(*REQUIRED)).status_code == 302
    assert not accepted(lso)


def test_a_second_tab_accepts_nothing_twice(asked, reader):
    asked.post("/terms/", ticked(*REQUIRED))

    response = asked.post("/terms/", ticked(*REQUIRED) | {"next": "/help/"})

    assert response.url == "/help/"
    assert TermsAcceptance.objects.filter(user=reader).count() == 3


def test_it_leads_to_no_other_site(asked):
    assert asked.post("/terms/", ticked(*REQUIRED) | {"next": "https://evil.example/"}).url == "/"


# -- more


def test_additional_terms_are_accepted_or_left(client, reader):
    forget_acceptances(reader)
    accept_terms(reader, but=("other-suppliers",))
    client.force_login(reader)
    assert client.get("/").status_code == 200

    page = client.get("/terms/")
    assert "Opens: The supplier and shipper of meter points outside your portfolio." in page.text
    form = {"additional": "other-suppliers", "sha256": read(page).hidden["sha256"]}
    response = client.post("/terms/", form, follow=True)

    assert "You have accepted “Seeing the supplier of another party’s site”." in response.text
    assert "To see more" not in response.text
    assert client.get("/help/").wsgi_request.actor.terms >= {"other-suppliers"}
    assert client.post("/terms/", form).url == "/terms/"
    assert TermsAcceptance.objects.filter(user=reader, document__slug="other-suppliers").count() == 1


@pytest.mark.parametrize("sha256", ["", "x", "0" * 64])
def test_additional_terms_that_were_not_read_are_not_accepted(client, reader, sha256):
    forget_acceptances(reader)
    accept_terms(reader, but=("other-suppliers",))
    client.force_login(reader)

    response = client.post("/terms/", {"additional": "other-suppliers", "sha256": sha256}, follow=True)

    assert "was changed while you read it" in response.text
    assert ("other-suppliers", 1) not in accepted(reader)


@pytest.mark.parametrize("slug", ["", "x", "terms-of-use", "\0", "x" * 5000])
def test_additional_terms_that_are_none_are_not_found(client, reader, slug):
    client.force_login(reader)

    assert client.post("/terms/", {"additional": slug}).status_code == 404


def test_accepting_what_opens_more_does_not_open_the_gate(asked, reader):
    asked.post("/terms/", {"additional": "other-suppliers", "sha256": in_force("other-suppliers").sha256})

    assert accepted(reader) == {("other-suppliers", 1)}
    assert asked.get("/").status_code == 302


def test_one_sees_what_one_has_accepted(client, reader):
    client.force_login(reader)

    rows = {row["Document"]: row for row in read(client.get("/terms/")).rows}

    assert set(rows) == {
        "Terms and conditions", "Terms of use", "Privacy notice", "Seeing the supplier of another party’s site",
    }  # fmt: skip
    assert rows["Terms of use"]["Version"] == "1"
    assert rows["Terms of use"]["How"] == "Accepted on the page"


# -- to read


@pytest.mark.parametrize("slug", [*REQUIRED, "other-suppliers"])
def test_anybody_reads_the_version_in_force(client, db, slug):
    response = client.get(f"/terms/{slug}/")

    document = in_force(slug)
    assert response.status_code == 200
    assert read(response).heading == document.title
    assert "Version 1, in force from 1 January 2026" in response.text
    assert document.sha256 in response.text
    assert "Other versions" not in response.text


def test_the_privacy_notice_is_public(client, db):
    response = client.get("/privacy/")

    assert read(response).heading == "Privacy notice"
    assert "Information Commissioner" in response.text


def test_earlier_and_later_versions_are_listed_and_say_that_they_are(client, db):
    publish()
    publish(text="The third text.", days=30)

    page = client.get("/terms/terms-of-use/")
    assert "The second text." in page.text
    links = read(page).links
    assert "This is an earlier version." in client.get("/terms/terms-of-use/" + links["Version 1"][-10:]).text
    later = client.get("/terms/terms-of-use/", {"version": "3"})
    assert "This version is not in force yet." in later.text
    assert "The third text." in later.text


@pytest.mark.parametrize("version", ["0", "9", "x", "-1", "9" * 40, "²", "", "1\0"])
def test_a_version_that_never_was_is_not_found(client, db, version):
    assert client.get("/terms/terms-of-use/", {"version": version}).status_code == 404


def test_a_document_that_never_was_is_not_found(client, db):
    assert client.get("/terms/nothing/").status_code == 404
