"""People's ways in: an invitation, a lost second factor, an LSO's yearly round, a day at the queue of support."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import assert_accessible, be, letter_to, link_in, next_code, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journey")]
PASSWORD = "Harbour-lantern 47 drizzle"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def width_of(page: Page) -> str:
    """The width of a page as a word, so that each run has people of its own."""
    assert page.viewport_size
    return "desk" if page.viewport_size["width"] > 600 else "phone"


def heading(page: Page) -> Any:
    return expect(page.get_by_role("heading", level=1))


def set_up_an_app(page: Page) -> str:
    """Make an authenticator app on the page that asks for the first factor; its secret."""
    heading(page).to_have_text("Set up your second factor")
    assert_accessible(page)
    page.get_by_text("I cannot use the picture").click()
    secret = page.locator("#key").inner_text().replace(" ", "")
    page.get_by_label("Code").fill(next_code(secret))
    page.get_by_role("button", name="Confirm").click()
    heading(page).to_have_text("Your recovery codes")
    assert page.locator("code").count() == 10
    assert_accessible(page)
    page.get_by_role("link", name="I have kept them").click()
    return secret


def accept_the_terms(page: Page) -> None:
    heading(page).to_have_text("Before you go on")
    assert_accessible(page)
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("button", name="Accept and go on").click()


def prove_if_asked(page: Page, person: dict[str, Any]) -> None:
    """Give the code again where the last proof is older than five minutes."""
    if "/sign-in/proof/" in page.url:
        page.get_by_label("Code").fill(next_code(person["totp_secret"]))
        page.get_by_role("button", name="Continue").click()


def test_an_invited_person_comes_in(page: Page, demo: dict[str, Any]) -> None:
    email = f"ivy.{width_of(page)}@demo.example"
    be(page, demo["people"]["lso"])
    page.goto("/people/")
    assert_accessible(page)
    page.get_by_role("link", name="Invite", exact=True).click()
    prove_if_asked(page, demo["people"]["lso"])
    assert_accessible(page)
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Name").fill("Ivy Marsh")
    page.get_by_label("Exporter").check()
    page.get_by_role("button", name="Invite").click()
    expect(page.locator(".app-messages")).to_contain_text("Ivy Marsh: invited.")

    page.context.clear_cookies()
    page.goto(link_in(letter_to(demo, email, "invites you")))
    heading(page).to_have_text(re.compile("You are invited to act for"))
    assert_accessible(page)
    page.get_by_label("New password", exact=True).fill("ivy marsh ivy marsh")
    page.get_by_role("button", name="Accept and make the account").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("New password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Accept and make the account").click()

    heading(page).to_have_text("Sign in")
    expect(page.get_by_label("E-mail address")).to_have_value(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    secret = set_up_an_app(page)
    accept_the_terms(page)
    heading(page).to_have_text("Find a meter point")

    page.get_by_role("searchbox").fill(demo["examples"]["mprn"])
    page.keyboard.press("Enter")
    heading(page).to_have_text(f"MPRN {demo['examples']['mprn']}")
    for path in (
        "/account/",
        "/account/factors/",
        "/account/sessions/",
        "/account/events/",
        "/account/profile/",
        "/terms/",
    ):
        page.goto(path)
        assert_accessible(page)
    expect(page.get_by_role("button", name=re.compile("I have read and accept"))).to_be_visible()

    # Again, by the app; and everywhere out.
    page.context.clear_cookies()
    sign_in(page, {"email": email, "password": PASSWORD, "totp_secret": secret})
    page.goto("/account/sessions/")
    page.get_by_role("button", name=re.compile("everywhere")).click()
    heading(page).to_have_text("Sign in")


def test_a_lost_factor_is_reset_by_two(page: Page, demo: dict[str, Any]) -> None:
    who = demo["people"]["auditor" if width_of(page) == "desk" else "security"]
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(who["email"])
    page.get_by_label("Password", exact=True).fill(who["password"])
    page.get_by_role("button", name="Sign in").click()
    heading(page).to_have_text("Second factor")
    assert_accessible(page)
    page.get_by_text("I do not have my second factor").click()
    page.get_by_role("link", name="ask for your second factor to be reset").click()
    assert_accessible(page)
    page.get_by_role("button", name="Ask for a reset").click()
    expect(page.get_by_text("Operator support has been asked")).to_be_visible()
    reference = page.locator("strong").first.inner_text()
    assert_accessible(page)

    for support in ("support", "second_support"):
        be(page, demo["people"][support])
        page.goto("/requests/")
        assert_accessible(page)
        page.get_by_role("link", name=re.compile(reference)).first.click()
        assert_accessible(page)
        page.get_by_role("link", name="Decide", exact=True).click()
        prove_if_asked(page, demo["people"][support])
        assert_accessible(page)
        page.get_by_role("button", name="Approve").click()
        expect(page.locator(".app-messages")).to_be_visible()

    letter_to(demo, who["email"], "second factors taken away")
    page.context.clear_cookies()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(who["email"])
    page.get_by_label("Password", exact=True).fill(who["password"])
    page.get_by_role("button", name="Sign in").click()
    heading(page).to_have_text("Code by mail")
    assert_accessible(page)
    code = re.search(r"\n    (\S+)\n", letter_to(demo, who["email"], "make your second factor"))
    assert code
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name="Continue").click()
    set_up_an_app(page)
    page.locator("button", has_text="Sign out").wait_for(state="attached")


def decide_all(page: Page) -> None:
    """Confirm everybody whom the reader may decide about, and save."""
    for radio in page.get_by_label("Confirm", exact=True).all():
        radio.check()
    page.get_by_role("button", name="Save the decisions").click()


def test_an_lso_confirms_the_people_of_the_year(page: Page, demo: dict[str, Any]) -> None:
    be(page, demo["people"]["lso"])
    page.goto("/people/certify/")
    assert_accessible(page)
    page.get_by_role("button", name="Open a round now").click()
    expect(page.get_by_text("Does each of these people still need this access?")).to_be_visible()
    assert_accessible(page)
    decide_all(page)
    expect(page.locator(".app-messages")).to_be_visible()
    assert_accessible(page)

    # Nobody confirms themselves: the other LSO does.
    be(page, demo["people"]["second_lso"])
    page.goto("/people/certify/")
    decide_all(page)
    expect(page.get_by_role("heading", name="Rounds that are done")).to_be_visible()
    expect(page.get_by_text("No round is open.")).to_be_visible()
    assert_accessible(page)

    page.goto("/people/")
    page.get_by_role("link", name="Priya Nair").click()
    heading(page).to_have_text("Priya Nair")
    assert_accessible(page)

    # Somebody outside the mail domains, who waits for the operator.
    page.goto("/people/invite/")
    prove_if_asked(page, demo["people"]["second_lso"])
    page.get_by_label("E-mail address").fill(f"bartholomew.winterbottom.{width_of(page)}@contractors-elsewhere.example")
    page.get_by_label("Name").fill("Bartholomew Winterbottom")
    page.get_by_role("button", name="Invite").click()
    expect(page.locator(".app-messages")).to_contain_text("waits for the operator")
    for path in (
        "/people/events/",
        "/people/invitations/",
        "/people/support/",
        "/people/requests/",
        "/people/invite/many/",
    ):
        page.goto(path)
        assert_accessible(page)


def test_support_works_through_a_request(page: Page, demo: dict[str, Any]) -> None:
    email = f"quentin.{width_of(page)}@demo.example"
    page.goto("/request-access/")
    assert_accessible(page)
    page.get_by_role("button", name="Continue").click()
    assert_accessible(page)
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Your name").fill("Quentin Hale")
    page.get_by_label("Work e-mail address").fill(email)
    page.get_by_label("Your organisation").fill(demo["people"]["transporter"]["organisation"])
    page.get_by_label("Look up meter points").check()
    page.get_by_label("Purpose").fill("Emergencies on our network: who supplies the site.")
    page.get_by_role("button", name="Send the request").click()
    assert_accessible(page)

    page.goto(link_in(letter_to(demo, email, "onfirm")))
    heading(page).to_have_text("Confirm your request")
    assert_accessible(page)
    page.get_by_role("button", name="Yes, it was me").click()
    heading(page).to_have_text(re.compile("Your request"))
    reference = page.get_by_role("heading", level=1).inner_text().split()[-1]
    page.get_by_label("PDF file").set_input_files({"name": "notes.pdf", "mimeType": "text/plain", "buffer": b"no PDF"})
    page.get_by_role("button", name="Add the file").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("PDF file").set_input_files(
        {"name": "agreement.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_role("button", name="Add the file").click()
    expect(page.get_by_text("Added the file agreement.pdf.")).to_be_visible()
    assert_accessible(page)

    be(page, demo["people"]["support"])
    page.goto("/requests/")
    page.get_by_role("link", name=re.compile(reference)).first.click()
    page.get_by_role("button", name="Take this request").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="agreement.pdf").click()
    assert download.value.path().read_bytes() == PDF
    question = page.locator("form", has=page.get_by_role("button", name="Send the question"))
    question.get_by_role("textbox").fill("Which control room do you work in?")
    question.get_by_role("button").click()
    assert_accessible(page)

    page.context.clear_cookies()
    page.goto(link_in(letter_to(demo, email, "Which control room")))
    assert_accessible(page)
    page.get_by_label("Your answer").fill("Leeds.")
    page.get_by_role("button", name="Send the answer").click()

    be(page, demo["people"]["support"])
    page.goto("/requests/")
    page.get_by_role("link", name=re.compile(reference)).first.click()
    expect(page.get_by_text("Leeds.")).to_be_visible()
    page.get_by_role("link", name="Decide", exact=True).click()
    prove_if_asked(page, demo["people"]["support"])
    assert_accessible(page)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".app-messages")).to_be_visible()
    assert "/invitations/" in letter_to(demo, email, "invites you to act")
    page.goto("/requests/file/")
    assert_accessible(page)
