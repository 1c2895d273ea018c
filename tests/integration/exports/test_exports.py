"""Asking for an export, and the list of one's own."""

import pytest
from celery.exceptions import OperationalError

from des.exports import tasks
from des.exports.models import Export, State
from des.exports.views import SHOWN
from tests.conftest import PortalClient, audited
from tests.integration.pages import read


def test_there_is_nothing_before_one_asks(signed_in):
    assert "You have not asked for an export." in signed_in.get("/exports/").text


def test_the_button_above_the_results_asks_for_what_is_on_view(signed_in, bell, keys, shipper):
    hidden = read(signed_in.get("/search/", {"q": keys["postcode"]})).hidden

    response = signed_in.post("/exports/", hidden)

    export = Export.objects.get()
    assert response.url == f"/exports/{export.pk}/"
    assert (export.user, export.enquiry, export.criteria) == (shipper, "meter-points", {"postcode": keys["postcode"]})
    assert (export.state, export.whole_record) == (State.QUEUED, False)
    assert bell == [str(export.pk)]


def test_the_button_on_a_record_asks_for_all_of_it(signed_in, bell, keys):
    hidden = read(signed_in.get(f"/meter-points/{keys['mprn']}/")).hidden

    signed_in.post("/exports/", hidden)

    export = Export.objects.get()
    assert (export.criteria, export.whole_record) == ({"mprn": keys["mprn"]}, True)


def test_asking_is_written_down_under_the_request_s_id(signed_in, bell, keys):
    response = signed_in.post("/exports/", {"enquiry": "meter-points", "mprn": keys["mprn"]})

    (event,) = audited()
    export = Export.objects.get()
    assert (event.channel, event.request_id) == ("export", response["X-Request-ID"])
    assert event.criteria == {"mprn": keys["mprn"], "export": str(export.pk)}
    assert export.request_id == event.request_id


def test_without_a_broker_the_job_waits_for_the_next_round(signed_in, monkeypatch, keys):
    def silent(**_message):
        raise OperationalError

    monkeypatch.setattr(tasks.write, "delay", silent)

    response = signed_in.post("/exports/", {"enquiry": "meter-points", "mprn": keys["mprn"]})

    assert response.status_code == 302
    assert Export.objects.get().state == State.QUEUED


def test_a_question_that_cannot_be_asked_is_said_beside_its_box(signed_in, bell):
    response = signed_in.post("/exports/", {"enquiry": "meter-points", "mprn": "12"})

    assert response.status_code == 422
    assert "A meter point reference number (MPRN) has 6 to 10 digits." in response.text
    assert not Export.objects.exists()
    assert not audited()
    assert bell == []


@pytest.mark.parametrize("fields", [{}, {"enquiry": ""}, {"enquiry": "no-such"}, {"enquiry": "\x00" * 10_000}])
def test_an_enquiry_that_there_is_not_is_not_found(signed_in, bell, fields):
    assert signed_in.post("/exports/", fields).status_code == 404


def test_a_field_that_the_role_may_not_search_cannot_be_exported_by(client, person, bell, keys):
    client.force_login(person("mam", "EAL", "mam", "exporter"))

    response = client.post("/exports/", {"enquiry": "meter-points", "uprn": keys["uprn"]})

    assert response.status_code == 422
    (event,) = audited()
    assert (event.channel, event.decision, event.result_count) == ("export", "refused", None)
    assert keys["uprn"] in event.criteria["uprn"]
    assert event.request_id == response["X-Request-ID"]


def test_a_forged_form_asks_for_nothing(shipper, keys):
    client = PortalClient(enforce_csrf_checks=True)
    client.force_login(shipper)

    response = client.post("/exports/", {"enquiry": "meter-points", "mprn": keys["mprn"]})

    assert response.status_code == 403
    assert not Export.objects.exists()


@pytest.mark.parametrize("name", ["support", "lso", "outsider"])
def test_who_may_not_export_cannot_ask_or_look(client, request, bell, keys, name):
    client.force_login(request.getfixturevalue(name))

    assert client.post("/exports/", {"enquiry": "meter-points", "mprn": keys["mprn"]}).status_code == 403
    assert client.get("/exports/").status_code == 403
    assert not Export.objects.exists()


def test_nothing_else_is_done_with_the_list(signed_in):
    assert signed_in.delete("/exports/").status_code == 405


def test_one_s_own_exports_are_listed_the_newest_first(signed_in, bell, keys, client, other_shipper):
    for mprn in ("1111111111", keys["mprn"]):
        signed_in.post("/exports/", {"enquiry": "meter-points", "mprn": mprn})

    rows = read(signed_in.get("/exports/")).rows

    assert [(row["Export"], row["State"]) for row in rows] == [
        (f"Meter points: MPRN {keys['mprn']}", "Waiting"),
        ("Meter points: MPRN 1111111111", "Waiting"),
    ]
    client.force_login(other_shipper)
    assert read(client.get("/exports/")).rows == []


def test_the_list_is_bounded(signed_in, asked):
    for number in range(SHOWN + 5):
        asked.pk, asked.title = None, f"Export {number}"
        asked.save(force_insert=True)

    assert len(read(signed_in.get("/exports/")).rows) == SHOWN
