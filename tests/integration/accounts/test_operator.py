"""The operator's console: who reaches which page, what waits, and what every page says."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import limits
from accounts.models import Certification, Invitation, Notice, NoticeKind
from accounts.operations.requests import ask_for_lost_factor
from accounts.operations.sign_in import note_pause
from accounts.origin import SERVICE
from tests.integration.accounts.console import asks_for_proof, long_ago_proved, organisation, signed_in
from tests.integration.pages import read

OPERATORS = ("idle_support", "security", "auditor", "administrator")
# Each page with those of the operator's people who may open it.
PAGES = {
    "/operator/": OPERATORS,
    "/operator/support/": ("idle_support",),
    "/operator/people/": OPERATORS,
    "/operator/people/{reader}/": OPERATORS,
    "/operator/people/{reader}/unlock/": ("idle_support", "security", "administrator"),
    "/operator/people/{reader}/sessions/": ("idle_support", "security", "administrator"),
    "/operator/people/{reader}/switch/": ("security", "administrator"),
    "/operator/people/{reader}/email/": ("idle_support", "administrator"),
    "/operator/people/{reader}/factor-code/": ("idle_support",),
    "/operator/people/{reader}/delete/": ("administrator",),
    "/operator/people/{reader}/lost-factor/": ("idle_support", "security"),
    "/operator/invitations/": ("administrator",),
    "/operator/invitations/{invitation}/": ("administrator",),
    "/operator/organisations/": OPERATORS,
    "/operator/organisations/{organisation}/": OPERATORS,
    "/operator/organisations/new/": ("administrator",),
    "/operator/organisations/{organisation}/change/": ("administrator",),
    "/operator/organisations/{organisation}/domains/": ("administrator",),
    "/operator/organisations/{organisation}/domains/{domain}/": ("administrator",),
    "/operator/organisations/{organisation}/roles/": ("administrator",),
    "/operator/organisations/{organisation}/roles/{role}/": ("administrator",),
    "/operator/groups/": ("administrator",),
    "/operator/notices/": ("administrator",),
    "/operator/notices/new/": ("administrator",),
    "/operator/terms/": ("administrator",),
    "/operator/terms/terms-of-use/": ("administrator",),
    "/operator/terms/terms-of-use/1/": ("administrator",),
    "/operator/new-terms/": ("administrator",),
    "/operator/events/": ("security", "auditor", "administrator"),
    "/operator/events/file/": ("security", "auditor", "administrator"),
    "/operator/evidence/": ("auditor", "administrator"),
}
NEEDS_NO_PROOF = {
    "/operator/",
    "/operator/people/",
    "/operator/people/{reader}/",
    "/operator/invitations/",
    "/operator/organisations/",
    "/operator/organisations/{organisation}/",
    "/operator/notices/",
    "/operator/notices/new/",
    "/operator/terms/",
    "/operator/events/",
}


@pytest.fixture
def things(reader, lso):
    """What stands in the addresses of the pages."""
    bgf = organisation()
    invited = Invitation.objects.create(
        email="x@outside.example", name="Xan", organisation=bgf, market_role="shipper", portal_roles=["user"],
        invited_by=lso, invited_at=timezone.now(), held="domain",
    )  # fmt: skip
    return {
        "reader": reader.pk,
        "invitation": invited.pk,
        "organisation": bgf.pk,
        "domain": bgf.domains.create(domain="bgf.example").pk,
        "role": bgf.participants.filter(market_role="shipper").first().pk,
    }


@pytest.mark.parametrize("role", [*OPERATORS, "lso", "group_lso", "shipper"])
def test_each_role_opens_its_pages_and_no_others(request, things, role):
    browser = signed_in(request.getfixturevalue(role))

    statuses = {page: browser.get(page.format(**things)).status_code for page in PAGES}

    assert statuses == {page: 200 if role in roles else 403 for page, roles in PAGES.items()}


def test_whoever_acts_for_nobody_opens_none(outsider, things):
    browser = signed_in(outsider)

    assert {browser.get(page.format(**things)).status_code for page in PAGES} == {403}


def test_what_changes_or_takes_away_asks_for_a_fresh_proof(things, administrator, security, idle_support):
    for role, user in (("administrator", administrator), ("security", security), ("idle_support", idle_support)):
        browser = long_ago_proved(user)
        for page in (page for page, roles in PAGES.items() if role in roles):
            asked = asks_for_proof(browser.get(page.format(**things)))
            assert asked == (page not in NEEDS_NO_PROOF), page


@pytest.mark.parametrize(
    ("path", "role"),
    [
        ("/operator/people/{reader}/unlock/", "security"),
        ("/operator/people/{reader}/switch/", "security"),
        ("/operator/people/{reader}/delete/", "administrator"),
        ("/operator/organisations/new/", "administrator"),
        ("/operator/notices/new/", "administrator"),
        ("/operator/evidence/", "auditor"),
        ("/operator/support/end/", "idle_support"),
    ],
)
def test_a_form_made_under_another_membership_is_refused(request, things, path, role):
    response = signed_in(request.getfixturevalue(role)).post(path.format(**things), {"acting": "0", "reason": "x"})

    assert response.status_code in {403, 409}


@pytest.mark.parametrize("key", ["0", "99999999999999999999999999"])
@pytest.mark.parametrize(
    "page",
    [
        "/operator/organisations/{}/",
        "/operator/organisations/{}/change/",
        "/operator/organisations/{}/domains/",
        "/operator/organisations/{}/roles/",
        "/operator/organisations/{}/roles/1/",
        "/operator/organisations/{}/domains/1/",
        "/operator/invitations/{}/",
        "/operator/terms/none/",
        "/operator/terms/terms-of-use/{}/",
        "/operator/people/00000000-0000-4000-8000-000000000000/",
        "/operator/people/00000000-0000-4000-8000-000000000000/delete/",
    ],
)
def test_what_does_not_exist_is_not_found(administrator, page, key):
    assert signed_in(administrator).get(page.format(key)).status_code == 404


def test_a_domain_or_role_of_another_organisation_is_not_found(administrator, things):
    other = organisation("OCT").pk
    browser = signed_in(administrator)

    assert browser.get(f"/operator/organisations/{other}/domains/{things['domain']}/").status_code == 404
    assert browser.get(f"/operator/organisations/{other}/roles/{things['role']}/").status_code == 404


NASTY = [
    "",
    "a",
    "\x00",
    "a\x00b",
    "%" * 50,
    "\u202e" * 5,
    "x" * 5_000,
    "'; DROP TABLE",
    "\ud800".encode("utf-8", "surrogatepass"),
]


@pytest.mark.parametrize("text", NASTY)
def test_no_query_is_a_fault(administrator, idle_support, text):
    browser, other = signed_in(administrator), signed_in(idle_support)
    for page, name in (
        ("/operator/people/", "q"),
        ("/operator/organisations/", "q"),
        ("/operator/organisations/", "after"),
        ("/operator/invitations/", "after"),
        ("/operator/notices/", "before"),
        ("/operator/terms/", "before"),
        *(("/operator/events/", name) for name in ("kind", "email", "organisation", "since", "until", "before")),
        *(("/operator/events/file/", name) for name in ("kind", "email", "organisation", "since", "until")),
    ):
        assert browser.get(page, {name: text}).status_code == 200, (page, name)
    assert other.get("/operator/support/", {"q": text}).status_code == 200
    assert other.get("/operator/support/", {"organisation": text}).status_code == 404


@pytest.mark.parametrize("text", [*NASTY[:-1], "2026-13-45", "9" * 400])
def test_no_form_is_a_fault(administrator, things, text):
    """Whatever stands in every box, the form comes back, or does what it says."""
    browser = signed_in(administrator)
    names = ("reason", "email", "name", "company_number", "group", "domain", "market_role", "short_code", "started_on",
             "ended_on", "kind", "title", "text", "shown_from", "shown_until", "effective_from", "opens", "slug",
             "since", "until", "decision", "turn", "preview")  # fmt: skip
    form = dict.fromkeys(names, text)
    for page, roles in PAGES.items():
        if "administrator" in roles and page not in NEEDS_NO_PROOF | {"/operator/events/file/"}:
            path = page.format(**things)
            assert browser.post(path, form).status_code in {200, 302, 404, 405}, path
    assert browser.post("/operator/notices/new/", form).status_code == 200


# -- the start page


def waiting(browser):
    text = browser.get("/operator/").text
    parts = text.partition('<ul class="app-tiles">')[2].partition("</ul>")[0].split("<li>")[1:]
    return {
        part.partition("</a>")[0].rpartition(">")[2]: part.partition("<strong>")[2].partition("</strong>")[0]
        for part in parts
    }


def test_each_role_is_offered_what_it_may_do(idle_support, security, auditor, administrator):
    assert set(waiting(signed_in(auditor))) == {
        "Find a person", "Organisations", "Overdue yearly confirmations", "Security events", "Evidence pack",
    }  # fmt: skip
    assert "Support sessions" in waiting(signed_in(idle_support))
    assert "Support sessions" not in waiting(signed_in(security))
    assert {"Held invitations", "Terms", "Messages to users"} <= set(waiting(signed_in(administrator)))


def lock(user):
    """Keep somebody out, as too many tries do."""
    now = timezone.now()
    for _ in range(25):
        limits.SIGN_IN_BY_ACCOUNT.take(user.email, now=now)
    note_pause(email=user.email, origin=SERVICE, now=now)


def test_who_is_locked_is_named_where_the_count_leads(idle_support, reader, lso):
    note_pause(email=lso.email, origin=SERVICE, now=timezone.now() - timedelta(hours=1))  # whose lock is over
    lock(reader)

    assert [row["E-mail address"] for row in read(signed_in(idle_support).get("/operator/people/")).rows] == [
        reader.email
    ]


def test_what_waits_is_counted(administrator, idle_support, things, reader, other_lso, person):
    person("someone", "OVO", "shipper")  # whose organisation has no LSO
    now = timezone.now()
    ask_for_lost_factor(person=reader, filed_by=None, reason="", origin=SERVICE, now=now)
    lock(reader)
    Certification.objects.create(
        organisation=organisation(), opened_at=now, due_on=timezone.localdate() - timedelta(days=1)
    )

    support, admin = waiting(signed_in(idle_support)), waiting(signed_in(administrator))

    assert support["Requests"] == "1"
    assert support["Locked accounts"] == "1"
    assert support["Organisations without a Local Security Officer"] == "1"
    assert admin["Held invitations"] == "1"
    assert admin["Overdue yearly confirmations"] == "1"


# -- on every page


def notice(by, kind, title="New columns", **about):
    now = timezone.now()
    fields = {"text": "Look.\nThere.", "shown_from": now - timedelta(hours=1), "published_at": now} | about
    return Notice.objects.create(kind=kind, title=title, published_by=by, **fields)


def test_news_stand_on_the_home_page_and_outages_on_every_page(administrator, reader):
    notice(administrator, NoticeKind.NEWS)
    notice(administrator, NoticeKind.OUTAGE, "Down on Sunday")
    browser = signed_in(reader)

    home, help_page = browser.get("/").text, browser.get("/help/").text

    assert "New columns" in home
    assert "Down on Sunday" in home
    assert "New columns" not in help_page
    assert "Down on Sunday" in help_page


def test_five_news_are_enough_and_withdrawn_ones_are_gone(administrator, reader):
    for number in range(6):
        notice(
            administrator, NoticeKind.NEWS, f"News {number}", shown_from=timezone.now() - timedelta(hours=9 - number)
        )
    notice(administrator, NoticeKind.NEWS, "Mistake", withdrawn_at=timezone.now())

    home = signed_in(reader).get("/").text

    assert "News 5" in home
    assert "News 0" not in home
    assert "Mistake" not in home


def test_pages_that_show_no_news_do_not_ask_for_them(administrator, reader):
    notice(administrator, NoticeKind.NEWS)
    browser = signed_in(reader)
    browser.get("/help/")

    with CaptureQueriesContext(connection) as queries:
        browser.get("/help/")

    assert not any("'news'" in query["sql"] for query in queries)


def test_an_open_support_session_is_on_every_page_with_its_end(support):
    browser = signed_in(support)

    assert f"Support session for {organisation().name} until" in browser.get("/help/").text
    assert read(browser.get("/help/")).hidden["acting"] == str(browser.acting())

    browser.post("/operator/support/end/")

    assert "Support session for" not in browser.get("/help/").text


def test_support_without_a_session_is_told_where_to_open_one(idle_support):
    assert read(signed_in(idle_support).get("/")).links["Open a support session"] == "/operator/support/"
