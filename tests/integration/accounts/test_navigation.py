"""The entry of the navigation that is marked, by the page on view and by who reads it."""

import re

import pytest

from tests.integration.accounts.request_cast import asked, page_of


def marked(response):
    """The entries of the menu that are marked as where the reader is."""
    return re.findall(
        r'govuk-service-navigation__link" href="[^"]+" aria-current="true"><strong[^>]*>([^<]+)', response.text
    )


@pytest.mark.parametrize(
    ("who", "path", "entry"),
    [
        ("lso", "/people/", "People"),
        ("lso", "/people/invite/many/", "People"),
        ("lso", "/people/requests/", "People"),
        ("idle_support", "/requests/", "Requests"),
        ("idle_support", "/requests/file/", "Requests"),
        ("administrator", "/operator/", "Operator"),
        ("administrator", "/operator/terms/terms-of-use/", "Operator"),
        ("reader", "/account/", "Your account"),
        ("reader", "/account/factors/", "Your account"),
        ("reader", "/terms/", "Your account"),
        ("reader", "/", "Home"),
        ("reader", "/help/", "Help"),
    ],
)
def test_the_section_of_the_page_is_marked(client, request, who, path, entry):
    client.force_login(request.getfixturevalue(who))

    response = client.get(path)

    assert (response.status_code, marked(response)) == (200, [entry])


@pytest.mark.parametrize("rest", ["", "decide/"])
def test_an_lso_comes_to_a_request_from_their_people(client, lso, rest):
    one = asked()
    client.force_login(lso)

    response = client.get(page_of(one) + rest)

    assert marked(response) == ["People"]
    assert 'class="govuk-back-link"' in response.text


@pytest.mark.parametrize("rest", ["", "decide/"])
def test_support_comes_to_a_request_from_the_requests(client, idle_support, rest):
    one = asked(organisation=None)
    client.force_login(idle_support)

    assert marked(client.get(page_of(one) + rest)) == ["Requests"]


def test_nothing_is_marked_to_the_signed_out(client, db):
    assert marked(client.get("/terms/")) == marked(client.get("/request-access/")) == []
