"""The page of one export, and its progress."""

import pytest

from accounts.models import Membership
from des.exports import jobs
from des.exports.models import Export, State
from tests.integration.pages import read


def stands(export, **values):
    Export.objects.filter(pk=export.pk).update(**values)
    return export


def test_a_job_that_waits_says_so_and_looks_again(signed_in, asked, keys):
    response = signed_in.get(f"/exports/{asked.pk}/")

    assert read(response).heading == f"Meter points: postcode {keys['postcode']}"
    assert "The export is waiting its turn." in response.text
    assert read(response).values["Postcode"] == keys["postcode"]
    assert '<meta http-equiv="refresh"' in response.text
    assert f"/exports/{asked.pk}/progress/" in response.text


def test_a_job_that_runs_shows_how_far_it_is(signed_in, asked):
    stands(asked, state=State.RUNNING, rows_done=41_250, rows_total=98_000)

    assert "The export is being written." in (text := signed_in.get(f"/exports/{asked.pk}/").text)
    assert "41,250" in text
    assert signed_in.get(f"/exports/{asked.pk}/progress/").json() == {
        "state": "running",
        "rows_done": 41_250,
        "rows_total": 98_000,
    }


def test_a_file_that_is_ready_can_be_fetched_and_compared(signed_in, done):
    page = read(response := signed_in.get(f"/exports/{done.pk}/"))

    assert f'href="/exports/{done.pk}/download/"' in response.text
    assert page.values["SHA-256"].startswith(done.sha256)
    assert page.values["Rows"] == f"{done.rows_done:,}"
    assert page.values["Data as at"]
    assert signed_in.get(f"/exports/{done.pk}/progress/").json()["state"] == "done"


def test_a_widened_search_says_so_and_who_asked_is_named(signed_in, done, shipper):
    stands(done, note="No “999” in LS1 4AP. Showing all of LS1 4AP.")

    page = read(response := signed_in.get(f"/exports/{done.pk}/"))

    assert "No “999” in LS1 4AP. Showing all of LS1 4AP." in response.text
    assert page.values["Asked by"] == f"{shipper.name}, {done.membership.organisation.name}"


@pytest.mark.parametrize(
    ("state", "reason", "said"),
    [
        (State.FAILED, jobs.GAVE_UP, jobs.GAVE_UP),
        (State.FAILED, "", "The export could not be written. Nothing is lost: ask for it again."),
        (State.REFUSED, jobs.NO_LONGER, jobs.NO_LONGER),
        (State.EXPIRED, "", "The file has been deleted because its time was up."),
    ],
)
def test_how_a_job_ended_is_said(signed_in, asked, state, reason, said):
    stands(asked, state=state, reason=reason)

    response = signed_in.get(f"/exports/{asked.pk}/")

    assert said in response.text
    assert "Download CSV" not in response.text


@pytest.mark.parametrize("page", ["", "progress/", "download/"])
@pytest.mark.parametrize("name", ["other_shipper", "supplier"])
def test_the_export_of_another_does_not_exist(signed_in, client, done, request, name, page):
    client.force_login(request.getfixturevalue(name))

    assert client.get(f"/exports/{done.pk}/{page}").status_code == 404


@pytest.mark.parametrize("page", ["", "progress/", "download/"])
def test_no_page_of_an_export_is_posted_to(signed_in, asked, page):
    assert signed_in.post(f"/exports/{asked.pk}/{page}").status_code == 405


def test_an_export_asked_for_under_another_membership_does_not_exist_under_this(signed_in, done):
    second = Membership.objects.create(
        user=done.user,
        organisation=done.membership.organisation,
        market_role="supplier",
        portal_roles=["exporter"],
        started_on="2021-01-01",
    )
    session = signed_in.session
    session["membership"] = second.pk
    session.save()

    assert signed_in.get(f"/exports/{done.pk}/").status_code == 404
    assert read(signed_in.get("/exports/")).rows == []
