"""Who is asking, settled once for each request."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from accounts.middleware import ActorMiddleware, actor_of, address_of


def request_of(rf, user, session=None):
    request = rf.get("/")
    request.user, request.session = user, session or {}
    return request


def test_the_signed_out_are_nobody(rf):
    assert actor_of(request_of(rf, AnonymousUser())) is None


def test_the_actor_is_found_out_only_when_something_asks(rf, shipper, django_assert_num_queries):
    request = request_of(rf, shipper)
    with django_assert_num_queries(0):
        ActorMiddleware(lambda _request: HttpResponse())(request)

    assert request.actor.email == "shipper@example.com"


def test_the_membership_of_the_session_is_acted_under(rf, shipper):
    assert actor_of(request_of(rf, shipper, {"membership": -1})) is None


def test_pages_are_kept_out_of_caches_unless_they_say_otherwise(rf):
    def answer(_request):
        return HttpResponse(headers={"Cache-Control": "private"})

    assert ActorMiddleware(lambda _request: HttpResponse())(rf.get("/"))["Cache-Control"] == "no-store"
    assert ActorMiddleware(answer)(rf.get("/"))["Cache-Control"] == "private"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "192.0.2.9", "198.51.100.1"),
        (1, "192.0.2.9", "192.0.2.9"),
        (1, "203.0.113.66, 192.0.2.9", "192.0.2.9"),
        (2, "203.0.113.66, 192.0.2.9, 192.0.2.10", "192.0.2.9"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (2, "192.0.2.9", None),
        (1, "", None),
        (1, "LS1 4AP", None),
        (1, "192.0.2.9:443", None),
    ],
)
def test_an_address_is_believed_as_far_as_our_own_proxies_saw_it(rf, settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies

    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="198.51.100.1")

    assert address_of(request) == address


def test_a_peer_on_a_socket_has_no_address(rf):
    assert address_of(rf.get("/", REMOTE_ADDR="")) is None
