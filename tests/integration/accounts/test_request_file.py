"""Filing what came by mail, and fetching what applicants added."""

from pathlib import Path

import pytest
from django.conf import settings as configured
from django.utils import timezone

from accounts.models import (
    AccessRequest,
    Invitation,
    Mail,
    RequestKind,
    RequestState,
    SecurityEvent,
)
from accounts.operations import attachments
from tests.integration.accounts.request_cast import (
    APPROVE,
    asked,
    decide,
    organisation,
    page_of,
    shown,
    signed_in,
)

PDF = b"%PDF-1.7\n%%EOF\n"


# -- filing


def filed(support, **form):
    base = {
        "kind": "person",
        "email": "Nora@example.com",
        "name": "Nora New",
        "text": "Please let me in.",
        "telephone": "",
    }
    return signed_in(support).post("/requests/file/", base | form)


def test_support_files_a_mailed_request_for_an_lso(lso, idle_support):
    response = filed(idle_support, organisation_name="BGF", portal_roles=["user"])

    request = AccessRequest.objects.get()
    assert response.url == page_of(request)
    assert (request.state, request.filed_by, request.organisation) == (RequestState.OPEN, idle_support, organisation())
    assert shown(signed_in(lso).get("/people/requests/")) == [request.reference]
    assert Mail.objects.get(template="request_follow").to == "nora@example.com"


def test_who_filed_a_request_does_not_decide_it_alone(idle_support, other_support):
    filed(idle_support, organisation_name="BGF", portal_roles=["user"])
    request = AccessRequest.objects.get()

    assert "leave it to a colleague" in decide(idle_support, request, **APPROVE).text
    assert not Invitation.objects.exists()
    decide(other_support, request, **APPROVE)
    assert Invitation.objects.exists()


def test_a_mailed_loss_is_filed_for_the_account_with_the_address(idle_support, shipper):
    assert "No account has this address." in filed(idle_support, kind="lost-factor").text

    filed(idle_support, kind="lost-factor", email="SHIPPER@example.com", name="Shipper")
    request = AccessRequest.objects.get()
    assert (request.kind, request.person) == (RequestKind.LOST_FACTOR, shipper)


def test_a_mailed_question_is_done_with_a_word_or_turned_into_a_request(idle_support):
    filed(idle_support, kind="mailed")
    request = AccessRequest.objects.get()
    assert "Say what was done." in decide(idle_support, request, action="approve").text

    decide(idle_support, request, action="place", organisation="BGF", market_role="shipper", portal_roles=["user"])
    request.refresh_from_db()
    assert (request.kind, request.organisation) == (RequestKind.PERSON, organisation())

    filed(idle_support, kind="mailed", email="other@example.com")
    other = AccessRequest.objects.get(email="other@example.com")
    decide(idle_support, other, action="approve", words="Sent the link to a new password.")
    other.refresh_from_db()
    assert other.state == RequestState.APPROVED
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"organisation_name": "BGF"},
        {"portal_roles": ["user"]},
        {"organisation_name": "BGF", "portal_roles": ["support"]},
        {"kind": "lso", "organisation_name": "BGF", "portal_roles": ["user"]},
        {"text": "\x00", "organisation_name": "BGF", "portal_roles": ["user"]},
    ],
)
def test_what_is_filed_badly_is_told(idle_support, form):
    assert filed(idle_support, **form).status_code == 422
    assert not AccessRequest.objects.exists()


# -- files


@pytest.fixture
def with_file(db):
    request = asked()
    kept = attachments.keep(request=request, name='an "odd" näme.pdf', chunks=[PDF], now=timezone.now())
    return request, kept


def test_a_handler_fetches_a_file_as_a_download_and_is_written_down(lso, with_file):
    request, kept = with_file

    response = signed_in(lso).get(f"{page_of(request)}files/{kept.pk}/")

    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "no-store"
    event = SecurityEvent.objects.get(event="access:attachment:read")
    assert (event.by_id, event.organisation_id) == (lso.pk, organisation().pk)


def test_a_file_is_for_the_handlers_of_its_request(lso, other_lso, shipper, client, with_file):
    request, kept = with_file
    path = f"{page_of(request)}files/{kept.pk}/"

    assert signed_in(other_lso).get(path).status_code == 404
    assert signed_in(shipper).get(path).status_code == 403
    assert client.get(path).status_code == 302
    assert signed_in(lso).get(f"{page_of(asked(email='x@example.com'))}files/{kept.pk}/").status_code == 404
    assert not SecurityEvent.objects.filter(event="access:attachment:read").exists()


def test_a_file_lies_outside_what_the_web_server_gives_away():
    assert not Path(configured.ATTACHMENT_DIR).is_relative_to(configured.STATIC_ROOT)
