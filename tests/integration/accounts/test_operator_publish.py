"""Messages to users and terms of use, as the operator publishes them."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Notice, SecurityEvent, TermsDocument, User
from accounts.operations import terms
from accounts.origin import SERVICE
from tests.integration.accounts.console import asks_for_proof, long_ago_proved, said, signed_in
from tests.integration.pages import read

TODAY = timezone.localdate()
TOMORROW = TODAY + timedelta(days=1)
SLUG = "terms-of-use"
NEWS = {"kind": "news", "title": "New columns", "text": "Two lines.\nOf text."}


# -- messages


def publish(user, **form):
    return signed_in(user).post("/operator/notices/new/", NEWS | form, follow=True)


def test_a_message_is_published_at_once_where_no_moment_is_named(administrator, reader):
    assert said(publish(administrator)) == ["“New columns” is published."]

    home = signed_in(reader).get("/").text
    assert "New columns" in home
    assert "Two lines.<br>Of text." in home


def test_a_message_may_wait_for_its_moment(administrator, reader):
    publish(administrator, shown_from=f"{TOMORROW}T06:00", shown_until=f"{TOMORROW}T18:00")

    assert "New columns" not in signed_in(reader).get("/").text
    assert timezone.localtime(Notice.objects.get().shown_from).hour == 6


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"kind": ""}, "Choose the kind."),
        ({"kind": "gossip"}, "Choose news or a planned outage."),
        ({"title": ""}, "Enter the title."),
        ({"title": "a\nb"}, "Use letters, digits, spaces and punctuation only, on one line."),
        ({"text": ""}, "Enter the text."),
        ({"text": "x" * 2_001}, "The text has at most 2,000 characters."),
        ({"text": "a\x07b"}, "Use letters, digits, spaces and punctuation only."),
        ({"shown_from": "soon"}, "Enter a date and time like 2026-04-05 14:05."),
        (
            {"shown_from": f"{TOMORROW}T10:00", "shown_until": f"{TOMORROW}T09:00"},
            "A message must end after it begins.",
        ),
        ({"kind": "outage"}, "Say until when the outage is shown."),
    ],
)
def test_a_message_that_will_not_do_is_refused_beside_its_box(administrator, form, problem):
    assert problem in publish(administrator, **form).text
    assert not Notice.objects.exists()


def test_what_a_message_says_is_text_and_no_markup(administrator, reader):
    publish(administrator, title="<b>x</b>", text="<script>alert(1)</script>")

    home = signed_in(reader).get("/").text
    assert "<script>alert" not in home
    assert "&lt;b&gt;x" in home


def test_a_withdrawn_message_is_gone(administrator, reader):
    publish(administrator)
    browser = signed_in(administrator)
    path = f"/operator/notices/{Notice.objects.get().pk}/withdraw/"

    assert said(browser.post(path, follow=True)) == ["“New columns” is withdrawn."]
    assert said(browser.post(path, follow=True)) == ["“New columns” was withdrawn before."]

    assert "New columns" not in signed_in(reader).get("/").text
    assert [row["State"] for row in read(browser.get("/operator/notices/")).rows] == ["Withdrawn"]


@pytest.mark.parametrize("role", ["idle_support", "security", "auditor", "lso"])
def test_only_administrators_publish(request, administrator, role):
    publish(administrator)
    browser = signed_in(request.getfixturevalue(role))

    assert browser.post("/operator/notices/new/", NEWS).status_code == 403
    assert browser.post(f"/operator/notices/{Notice.objects.get().pk}/withdraw/").status_code == 403
    assert browser.post(f"/operator/terms/{SLUG}/", {"confirm": "1"}).status_code == 403
    assert Notice.objects.get().withdrawn_at is None


# -- terms


@pytest.fixture
def current(database):
    return TermsDocument.objects.in_force(on=TODAY).get(slug=SLUG)


def write(user, *, slug=SLUG, **form):
    good = {"title": "Terms of use", "text": "# Terms\n\nBe kind.", "effective_from": f"{TODAY}", "preview": "1"}
    return signed_in(user).post(f"/operator/terms/{slug}/", good | form, follow=True)


def confirm(user, **form):
    return write(user, confirm="1", **({"after": "1"} | form))


def versions():
    return list(TermsDocument.objects.filter(slug=SLUG).order_by("version").values_list("version", flat=True))


def test_the_form_begins_with_the_text_in_force_and_tomorrow(administrator, current):
    form = signed_in(administrator).get(f"/operator/terms/{SLUG}/").context["form"]

    assert form["text"].value() == current.text
    assert form["effective_from"].value() == TOMORROW


def test_the_difference_is_shown_before_anything_is_published(administrator, current):
    kept = next(line for line in current.text.splitlines() if line)
    shown = write(administrator, text=f"{kept}\n\nBe kind. <b>")

    assert "<ins>Be kind. &lt;b&gt;</ins>" in shown.text
    assert f"<del>{kept}</del>" not in shown.text
    assert "<del>" in shown.text
    assert versions() == [1]


def test_a_confirmed_version_is_asked_of_everybody_from_its_day(administrator, reader, client):
    client.force_login(reader)

    shown = read(write(administrator))
    response = confirm(administrator, after=shown.hidden["after"], text=shown.hidden["text"])

    assert response.redirect_chain[0][0] == "/operator/terms/"
    assert versions() == [1, 2]
    assert client.get("/").url.startswith("/terms/")
    document = TermsDocument.objects.get(slug=SLUG, version=2)
    assert document.text == "# Terms\n\nBe kind.\n"
    assert (document.required, document.published_by) == (True, administrator)


def test_a_version_of_tomorrow_is_not_asked_for_today(administrator, reader, client):
    client.force_login(reader)

    confirm(administrator, effective_from=f"{TOMORROW}")

    assert versions() == [1, 2]
    assert client.get("/").status_code == 200
    states = {row["Document"]: row["State"] for row in read(signed_in(administrator).get("/operator/terms/")).rows}
    assert states["Terms of use, version 2"] == "To come"
    assert states["Terms of use, version 1"] == "In force"


def test_who_did_not_see_the_last_version_reads_the_difference_again(administrator, current):
    terms.publish(
        slug=SLUG, title="Terms of use", text="Meanwhile.", effective_from=TOMORROW, required=True, opens="",
        by=None, origin=SERVICE, now=timezone.now(),
    )  # fmt: skip

    response = confirm(administrator, after="1")

    assert "A version was published meanwhile." in response.text
    assert read(response).hidden["after"] == "2"
    assert versions() == [1, 2]


def test_the_writer_may_go_back_to_writing_with_nothing_lost(administrator):
    response = write(administrator, edit="1", text="Half a thought.")

    assert response.context["form"]["text"].value() == "Half a thought."
    assert versions() == [1]


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"title": ""}, "Enter the title."),
        ({"text": ""}, "Enter the text."),
        ({"text": "x" * 100_001}, "The text has at most 100,000 characters."),
        ({"text": "x\n" * 2_002}, "The text has at most 2,000 lines."),
        ({"text": "a\x00b"}, "Null characters are not allowed."),
        ({"effective_from": ""}, "Enter the day."),
        ({"effective_from": f"{TODAY - timedelta(days=1)}"}, "Choose today or a later day"),
    ],
)
def test_a_version_that_will_not_do_is_refused_beside_its_box(administrator, form, problem):
    assert problem in confirm(administrator, **form).text
    assert versions() == [1]


def test_the_same_text_again_is_no_version(administrator, current):
    assert "This is the text of the last version, word for word." in confirm(administrator, text=current.text).text
    assert versions() == [1]


def test_to_publish_terms_needs_a_fresh_proof(administrator):
    browser = long_ago_proved(administrator)

    assert asks_for_proof(browser.post(f"/operator/terms/{SLUG}/", {"confirm": "1", "after": "1"}))
    assert asks_for_proof(browser.get(f"/operator/terms/{SLUG}/1/"))
    assert versions() == [1]


# -- an additional document

ADDITIONAL = {
    "title": "Areas", "slug": "areas", "opens": "The areas", "text": "Be kind.", "effective_from": f"{TODAY}",
}  # fmt: skip


def test_an_additional_document_is_asked_of_nobody_who_does_not_want_it(administrator, reader, client):
    client.force_login(reader)
    browser = signed_in(administrator)

    preview = browser.post("/operator/new-terms/", ADDITIONAL)
    assert not TermsDocument.objects.filter(slug="areas").exists()
    browser.post("/operator/new-terms/", ADDITIONAL | {"confirm": "1", "after": read(preview).hidden["after"]})

    document = TermsDocument.objects.get(slug="areas")
    assert (document.required, document.opens, document.version) == (False, "The areas", 1)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("form", "problem"),
    [
        ({"slug": SLUG}, "There is a document of this name."),
        ({"slug": "two words"}, "Use small letters, digits and hyphens only."),
        ({"slug": ""}, "Enter the short name."),
        ({"opens": ""}, "Say what it opens."),
    ],
)
def test_an_additional_document_that_will_not_do_is_refused(administrator, form, problem):
    response = signed_in(administrator).post("/operator/new-terms/", ADDITIONAL | {"confirm": "1", "after": "0"} | form)

    assert problem in response.text
    assert not TermsDocument.objects.filter(title="Areas").exists()


def test_the_page_says_that_the_matrix_is_a_file(administrator):
    assert "a line of the access matrix" in " ".join(signed_in(administrator).get("/operator/new-terms/").text.split())


# -- who has accepted


def test_who_has_accepted_is_counted_and_taken_away_on_the_record(administrator, reader):
    browser = signed_in(administrator)
    counted = {row["Document"]: row["Accepted by"] for row in read(browser.get("/operator/terms/")).rows}
    assert counted["Terms of use, version 1"] == "2"
    User.objects.filter(pk=reader.pk).update(name="@SUM(1)")

    response = browser.get(f"/operator/terms/{SLUG}/1/")

    taken = list(csv.DictReader(io.StringIO(response.getvalue().decode(), newline="")))
    assert {row["email"]: row["person"] for row in taken} == {
        "administrator@example.com": "Administrator",
        "reader@example.com": "'@SUM(1)",
    }
    assert {row["sha256"] for row in taken} == {TermsDocument.objects.get(slug=SLUG).sha256}
    assert response["Content-Disposition"] == 'attachment; filename="accepted-terms-of-use-1.csv"'
    assert SecurityEvent.objects.filter(event="service:events:read", by_id=administrator.pk).count() == 1
