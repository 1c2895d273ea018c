"""How often a thing may be tried: counted in the database, exactly, and forgotten in time."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import limits
from accounts.limits import Limit, clear, forget_old, give_all_back, paused_until, subject_digest, take_all
from accounts.models import LimitCount

NOW = timezone.now()
LIMIT = Limit("tries")
OTHER = Limit("other tries")


@pytest.fixture(autouse=True)
def _figures(db, settings):
    settings.LIMITS = settings.LIMITS | {"tries": (3, 60), "other tries": (1, 60)}


def taken(times, *subject, now=NOW):
    return [LIMIT.take(*subject, now=now) for _ in range(times)]


def test_so_many_tries_are_let_through_and_no_more():
    assert taken(5, "sam") == [True, True, True, False, False]


def test_each_subject_is_counted_by_itself():
    taken(3, "sam")

    assert LIMIT.take("olu", now=NOW)
    assert LIMIT.take("sam", "192.0.2.1", now=NOW)


def test_the_window_begins_with_the_first_try_and_tries_do_not_lengthen_it():
    taken(4, "sam")

    assert taken(1, "sam", now=NOW + timedelta(seconds=59)) == [False]
    assert taken(1, "sam", now=NOW + timedelta(seconds=60)) == [True]


def test_a_try_that_succeeds_is_given_back_and_those_that_failed_stay():
    taken(3, "sam")
    LIMIT.give_back("sam", now=NOW)

    assert taken(2, "sam") == [True, False]


def test_nothing_is_given_back_twice_over():
    LIMIT.give_back("sam", now=NOW)
    taken(1, "sam")
    for _ in range(5):
        LIMIT.give_back("sam", now=NOW)

    assert taken(4, "sam") == [True, True, True, False]


def test_what_a_narrow_limit_refuses_the_wider_does_not_count():
    tries = [(OTHER, ("sam", "192.0.2.1")), (LIMIT, ("sam",))]
    assert [take_all(tries, now=NOW) for _ in range(5)] == [True, False, False, False, False]

    assert LimitCount.objects.get(key=LIMIT.key("sam")).count == 1
    give_all_back(tries, now=NOW)
    assert LimitCount.objects.get(key=LIMIT.key("sam")).count == 0


def test_a_pause_is_seen_by_whom_it_concerns_and_can_be_lifted():
    taken(3, "sam", "192.0.2.1")
    taken(1, "olu")

    paused = paused_until("sam", "olu", "nobody", now=NOW)
    assert paused == {subject_digest("sam"): NOW + timedelta(seconds=60)}
    assert paused_until("sam", now=NOW + timedelta(seconds=61)) == {}

    assert clear("sam") == 1
    assert paused_until("sam", now=NOW) == {}


def test_who_is_counted_cannot_be_read_from_the_table():
    taken(1, "sam@example.com")
    row = LimitCount.objects.values().get()

    assert b"sam" not in bytes(row["key"]) + bytes(row["subject"])


def test_what_is_over_is_forgotten():
    taken(1, "sam")

    assert forget_old(now=NOW) == 0
    assert forget_old(now=NOW + timedelta(seconds=61)) == 1


def test_a_count_cannot_overflow():
    taken(1, "sam")
    LimitCount.objects.update(count=limits.MOST_COUNTED)
    taken(2, "sam")

    assert LimitCount.objects.get().count == limits.MOST_COUNTED


def test_every_limit_of_the_service_has_its_figure(settings):
    declared = {limit.name for limit in vars(limits).values() if isinstance(limit, Limit)}

    assert declared == set(settings.LIMITS) - {"tries", "other tries"}
