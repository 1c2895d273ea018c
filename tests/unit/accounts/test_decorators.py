"""What stands before a view."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse

from accounts.decorators import (
    NeedsSupportSession,
    NoMembership,
    NotPermitted,
    StaleForm,
    permission_required,
    public,
)
from accounts.permissions import Permission


@permission_required(Permission.ENQUIRE)
def page(request, slug):
    return HttpResponse(slug)


def asked_by(rf, user, actor=None, form=None):
    request = rf.post("/search/", form) if form is not None else rf.get("/search/", {"q": "LS1"})
    request.user, request.actor = user, actor
    return page(request, "answered")


def acting(*permissions):
    return SimpleNamespace(may=lambda permission: permission in permissions, may_see_data=True, membership_id=7)


SIGNED_IN = SimpleNamespace(is_authenticated=True)


def test_the_signed_out_are_sent_to_sign_in_and_come_back(rf):
    response = asked_by(rf, AnonymousUser())

    assert (response.status_code, response.url) == (302, "/sign-in/?next=/search/%3Fq%3DLS1")


def test_an_outsider_is_told_that_they_act_for_nobody(rf):
    with pytest.raises(NoMembership):
        asked_by(rf, SIGNED_IN, None)


def test_who_lacks_the_permission_is_refused(rf):
    with pytest.raises(NotPermitted):
        asked_by(rf, SIGNED_IN, acting(Permission.ENTER))


def test_who_has_the_permission_is_answered(rf):
    assert asked_by(rf, SIGNED_IN, acting(Permission.ENQUIRE)).content == b"answered"


def test_support_without_a_support_session_is_told_to_open_one(rf):
    idle = acting(Permission.ENTER)
    idle.may_see_data = False

    with pytest.raises(NeedsSupportSession):
        asked_by(rf, SIGNED_IN, idle)


def test_a_form_made_for_the_membership_acted_under_is_taken(rf):
    assert asked_by(rf, SIGNED_IN, acting(Permission.ENQUIRE), {"acting": "7"}).content == b"answered"


@pytest.mark.parametrize("form", [{}, {"acting": ""}, {"acting": "8"}, {"acting": "07"}, {"acting": "7\0"}])
def test_a_form_made_for_another_membership_is_refused(rf, form):
    with pytest.raises(StaleForm):
        asked_by(rf, SIGNED_IN, acting(Permission.ENQUIRE), form)


def test_a_view_says_what_it_asks_for():
    assert page.permission == Permission.ENQUIRE
    assert public(lambda request: HttpResponse()).permission is None


@permission_required(Permission.PEOPLE, Permission.SUPPORT)
def either(request):
    return HttpResponse("answered")


@pytest.mark.parametrize("held", [Permission.PEOPLE, Permission.SUPPORT])
def test_one_of_several_permissions_is_enough(rf, held):
    request = rf.get("/people/")
    request.user, request.actor = SIGNED_IN, acting(held)

    assert either(request).content == b"answered"
    assert either.permission == "people | support"


def test_who_has_none_of_several_is_refused(rf):
    request = rf.get("/people/")
    request.user, request.actor = SIGNED_IN, acting(Permission.ENQUIRE)

    with pytest.raises(NotPermitted):
        either(request)
