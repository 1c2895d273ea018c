"""The operator's console: a support session from search to end, and every page of an administrator."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import assert_accessible, be

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def test_support_sees_data_within_a_session_only(page: Page, demo: dict[str, Any]) -> None:
    be(page, demo["people"]["support"])
    page.goto("/operator/")
    heading(page).to_have_text("Operator")
    assert_accessible(page)

    page.get_by_role("link", name="Support sessions", exact=True).click()
    page.get_by_label("Name or short code").fill("BGF")
    page.get_by_role("button", name="Search").last.click()
    assert_accessible(page)
    page.get_by_role("main").get_by_role("link").first.click()
    page.get_by_role("button", name="Open the session").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Reason").fill("Call 4711: the caller's site is not found.")
    page.get_by_role("button", name="Open the session").click()
    banner = page.get_by_role("region", name="Support session", exact=True)
    expect(banner).to_be_visible()
    assert_accessible(page)

    page.goto("/")
    heading(page).to_have_text("Find a meter point")
    banner.get_by_role("button", name="End it").click()
    expect(banner).to_have_count(0)
    page.goto("/")
    heading(page).to_have_text("Welcome")


ADMINISTRATORS = (
    "/operator/",
    "/operator/people/?q=demo",
    "/operator/invitations/",
    "/operator/organisations/",
    "/operator/organisations/?q=BGF",
    "/operator/organisations/new/",
    "/operator/groups/",
    "/operator/notices/",
    "/operator/notices/new/",
    "/operator/terms/",
    "/operator/terms/terms-of-use/",
    "/operator/new-terms/",
    "/operator/events/",
    "/operator/evidence/",
)


def test_every_page_of_an_administrator_can_be_used_by_everybody(page: Page, demo: dict[str, Any]) -> None:
    be(page, demo["people"]["admin"])
    for address in ADMINISTRATORS:
        page.goto(address)
        assert_accessible(page)

    page.goto("/operator/people/?q=Sam Ashworth")
    page.get_by_role("link", name="Sam Ashworth").click()
    heading(page).to_have_text("Sam Ashworth")
    assert_accessible(page)
    page.get_by_role("link", name="Switch off").click()
    page.get_by_role("button", name="Switch off").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert_accessible(page)

    page.goto("/operator/organisations/?q=BGF")
    page.get_by_role("row").nth(1).get_by_role("link").click()
    assert_accessible(page)
    page.get_by_role("link", name="End BGF (Shipper)").click()
    assert_accessible(page)

    page.goto("/operator/terms/terms-of-use/")
    page.get_by_label("Text").fill("# Terms of use\n\nBe kind.")
    page.get_by_role("button", name="Read the difference").click()
    heading(page).to_have_text("Terms of use: the difference")
    assert_accessible(page)
