"""Who is asking, settled once for each request."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone

from accounts.middleware import ActorMiddleware, address_of, origin_of
from accounts.models import SignIn


def signed_in(client, person, **session):
    """A request of a session as the sign-in pages make it, as far as the middleware settles it."""
    client.force_login(person)
    kept = client.session
    for name, value in session.items():
        kept[name] = value
    kept.save()
    return client.get("/help/").wsgi_request


def test_the_signed_out_are_nobody(client, db):
    request = client.get("/help/").wsgi_request

    assert not request.user.is_authenticated
    assert not request.actor


def test_the_membership_of_the_session_is_acted_under(client, reader):
    assert signed_in(client, reader).actor.email == "reader@example.com"
    assert not signed_in(client, reader, membership=-1).actor


def test_the_actor_is_found_out_only_when_something_asks(rf, db, django_assert_num_queries):
    request = rf.get("/")
    with django_assert_num_queries(0):
        ActorMiddleware(lambda _request: HttpResponse())(request)


def test_a_session_without_a_sign_in_of_record_is_worth_nothing(client, reader):
    client.force_login(reader)
    SignIn.objects.filter(user=reader).delete()

    assert client.get("/").url == "/sign-in/?next=/"


def test_a_session_whose_sign_in_was_ended_is_worth_nothing_and_says_so(client, reader):
    client.force_login(reader)
    SignIn.objects.filter(user=reader).update(ended_at=timezone.now())

    assert client.get("/").url == "/sign-in/?next=/"
    assert "You were signed out" in client.get("/sign-in/").text


@pytest.mark.parametrize(
    ("who", "idle", "age", "lasts"),
    [
        ("reader", 29, 11 * 60, True),
        ("reader", 31, 60, False),
        ("reader", 1, 12 * 60 + 1, False),
        ("lso", 14, 7 * 60, True),
        ("lso", 16, 60, False),
        ("lso", 1, 8 * 60 + 1, False),
        ("shipper", 29, 11 * 60, True),
    ],
)
def test_a_session_ends_when_it_lies_idle_or_grows_old_sooner_for_the_privileged(
    client, request, who, idle, age, lasts
):
    person = request.getfixturevalue(who)
    client.force_login(person)
    now = timezone.now()
    SignIn.objects.filter(user=person).update(
        seen_at=now - timedelta(minutes=idle), started_at=now - timedelta(minutes=age)
    )

    assert (client.get("/").status_code == 200) is lasts
    assert SignIn.objects.filter(user=person, ended_at__isnull=True).exists() is lasts


def test_use_keeps_a_session_alive(client, reader):
    client.force_login(reader)
    seen = timezone.now() - timedelta(minutes=20)
    SignIn.objects.filter(user=reader).update(seen_at=seen)
    client.get("/")

    assert SignIn.objects.get(user=reader).seen_at > seen + timedelta(minutes=19)


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
        (1, "::ffff:192.0.2.9", "192.0.2.9"),
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


def test_what_a_browser_calls_itself_is_kept_short_and_printable(rf):
    origin = origin_of(rf.get("/", headers={"User-Agent": "Agent\0\x1b[31m" + "x" * 1000}))

    assert origin.user_agent.startswith("Agent??[31mxxx")
    assert len(origin.user_agent) == 300
