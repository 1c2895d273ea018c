"""Every request has an id, and one line in the log."""

import logging
from types import SimpleNamespace

import pytest
from django.http import HttpResponse

from des.middleware import RequestLog


@pytest.fixture
def log(caplog):
    caplog.set_level(logging.INFO, logger="des.requests")
    return caplog


def test_the_answer_carries_the_id_under_which_it_is_logged(rf, log):
    request = rf.get("/search/", {"q": "LS1 4AP"})
    request.resolver_match = SimpleNamespace(view_name="search")

    response = RequestLog(lambda _request: HttpResponse(status=201))(request)

    line = log.records[0]
    assert response["X-Request-ID"] == request.request_id == line.request_id
    assert (line.route, line.method, line.status, line.getMessage()) == ("search", "GET", 201, "request")
    assert line.milliseconds >= 0


def test_no_two_requests_share_an_id(rf):
    answer = RequestLog(lambda _request: HttpResponse())

    assert answer(rf.get("/"))["X-Request-ID"] != answer(rf.get("/"))["X-Request-ID"]


def test_an_address_that_leads_nowhere_has_no_route(rf, log):
    RequestLog(lambda _request: HttpResponse(status=404))(rf.get("/LS14AP/"))

    assert log.records[0].route is None


def test_a_method_of_the_sender_s_own_making_is_not_copied(rf, log):
    RequestLog(lambda _request: HttpResponse(status=405))(rf.generic("LS14AP", "/"))

    assert log.records[0].method == "other"
