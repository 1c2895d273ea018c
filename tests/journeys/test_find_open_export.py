"""A shipper's person signs in, finds a meter point by what the caller knows, opens it, and takes it away."""

import csv
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import assert_accessible, be, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]


def test_a_shipper_finds_opens_and_exports(page: Page, demo: dict[str, Any]) -> None:
    examples = demo["examples"]
    page.goto("/")
    assert_accessible(page)
    sign_in(page, demo["people"]["shipper"])
    page.get_by_role("heading", name="Find a meter point").wait_for()
    assert_accessible(page)

    # The postcode lists the street; the keyboard reaches the box.
    page.locator("body").press("/")
    page.keyboard.type(examples["postcode"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Results for “{examples['postcode']}”")
    assert_accessible(page)
    page.get_by_role("link", name=examples["mprn"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"MPRN {examples['mprn']}")
    assert_accessible(page)

    # Every other key opens the same point at once.
    for key in ("mprn", "postcode_house", "address", "uprn", "msn"):
        page.get_by_role("searchbox").fill(examples[key])
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text(f"MPRN {examples['mprn']}")
        expect(page.get_by_text("only exact match")).to_be_visible()

    page.get_by_role("button", name="Export as CSV").click()
    page.get_by_role("link", name="Download CSV").wait_for()
    assert_accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download CSV").click()
    with download.value.path().open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["mprn"] for row in rows] == [examples["mprn"]]
    assert rows[0]["msn"] == examples["msn"]
    page.goto("/exports/")
    assert_accessible(page)


def test_another_shipper_sees_what_is_withheld_and_why(page: Page, demo: dict[str, Any]) -> None:
    be(page, demo["people"]["other_shipper"])

    page.goto(f"/meter-points/{demo['examples']['mprn']}/")

    assert_accessible(page)
    page.get_by_text("Withheld").first.click()
    expect(page.get_by_text("only for meter points in your portfolio").first).to_be_visible()


@pytest.mark.parametrize("question", ["no such street", "!!", "high street", "1234567890"])
def test_every_answer_of_the_search_is_accessible(page: Page, demo: dict[str, Any], question: str) -> None:
    be(page, demo["people"]["mam"])

    page.get_by_role("searchbox").fill(question)
    page.keyboard.press("Enter")

    page.get_by_role("heading", level=1).wait_for()
    assert_accessible(page)


def test_it_works_without_scripts(demo: dict[str, Any], browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=demo["base_url"])
    page = context.new_page()
    sign_in(page, demo["people"]["shipper"])

    page.get_by_role("searchbox").fill(demo["examples"]["postcode"])
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name=demo["examples"]["mprn"]).click()
    page.get_by_role("button", name="Export as CSV").click()

    # The page reloads itself until the file is there.
    page.get_by_role("link", name="Download CSV").wait_for(timeout=20_000)
    context.close()
