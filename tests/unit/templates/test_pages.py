"""The pages, with little, much and nothing to show, without a database."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
NASTY = "<script>alert(1)</script>"


def visit(template: str, *, at: str = "", signed_in: bool = True, **context: object) -> str:
    actor = SimpleNamespace(name="Amira Sharma", organisation_name="Northern Gas Shipping", role_label="Shipper")
    actor.membership_id = 7
    request = SimpleNamespace(
        actor=actor if signed_in else None,
        user=SimpleNamespace(is_authenticated=signed_in, email="amira@example.test"),
        request_id="01JDA7K2",
        resolver_match=SimpleNamespace(url_name=at),
        path="/here/",
    )
    if signed_in:
        context = {"actor": actor, "may": {"enquire"}} | context
    return " ".join(render_to_string(template, {"request": request, **context}).split())


class SignIn(forms.Form):
    login = forms.EmailField()
    password = forms.CharField(widget=forms.PasswordInput)


class Enquiry(forms.Form):
    title = "Meter points"
    postcode = forms.CharField(required=False)
    after = forms.CharField(required=False, widget=forms.HiddenInput)


def export(state: str, **changes: object) -> SimpleNamespace:
    values = {
        "title": "Meter points at LS11 5PS",
        "state": state,
        "get_state_display": state.title(),
        "rows_done": 41250,
        "rows_total": 98000,
        "percent": 42,
        "size": 2345678,
        "sha256": "9f86d081",
        "requested_at": NOW,
        "data_as_at": NOW,
        "finished_at": NOW,
        "reason": "",
        "get_absolute_url": "/exports/1/",
    }
    return SimpleNamespace(**values | changes)


FINDING = {
    "label": "Postcode and house",
    "step": "No house 12 in LS1 4AP. Showing the whole postcode.",
    "shown": 50,
    "total_text": "50 of more than 1,000",
    "table": mark_safe("<table></table>"),
    "clues": [("Live only", "?status=LI", "(812)")],
    "next_url": "?after=x",
    "first_url": "",
    "export": {"postcode": "LS1 4AP"},
    "warnings": ["Check digits are wrong."],
}
RECORD: dict[str, Any] = {
    "title": "MPRN 4057369204",
    "copy_text": 4057369204,
    "address": "12 WATER LANE, LS11 5PS",
    "chips": [("LI", "Live")],
    "sections": [("Meter point", [SimpleNamespace(label="LDZ", value="NE", withheld=None, format="text")])],
    "related": [("Meter history", mark_safe("<table></table>"), ""), ("Reads", "", "Nothing held.")],
    "only_match": {"text": "Opened because it is the only match.", "url": "/search/?q=1&list=1"},
    "notices": [{"text": "Twin stream.", "kind": "warning"}],
}
PAGES: list[tuple[str, dict[str, Any]]] = [
    ("account/login.html", {"form": SignIn(), "signed_in": False}),
    ("account/login.html", {"form": SignIn({}), "signed_in": False}),
    ("account/logout.html", {}),
    ("screens/home.html", {"may_enquire": False}),
    (
        "screens/home.html",
        {"may_enquire": True, "enquiries": [{"title": "x", "url": "/x"}]},
    ),
    ("screens/results.html", {}),
    ("screens/results.html", {"q": NASTY, "problems": [NASTY]}),
    ("screens/results.html", {"q": NASTY, "findings": [], "hints": [{"text": NASTY, "url": ""}]}),
    ("screens/results.html", {"q": "12 LS1 4AP", "findings": [FINDING], "warnings": [NASTY]}),
    ("screens/enquire.html", {"enquiry": Enquiry(), "findings": [FINDING]}),
    (
        "screens/enquire.html",
        {"enquiry": Enquiry({"postcode": NASTY}), "hints": [{"text": "Widen", "url": "/w"}]},
    ),
    ("screens/record.html", RECORD),
    ("screens/record.html", {"title": "MPRN 1"}),
    ("exports/list.html", {}),
    ("exports/list.html", {"exports": [export("queued")]}),
    *[("exports/detail.html", {"export": export(state)}) for state in ("queued", "running", "done")],
    *[("exports/detail.html", {"export": export(state)}) for state in ("failed", "refused", "expired")],
    ("exports/refused.html", {"export": export("done"), "reason": NASTY}),
    (
        "screens/what_you_can_see.html",
        {"form": Enquiry(), "roles": [SimpleNamespace(label="Shipper")], "sections": [], "matrix_version": "8e10c8"},
    ),
    ("help/index.html", {"statuses": [("LI", "Live")]}),
    ("help/index.html", {"signed_in": False}),
    *[
        (f"{name}.html", {})
        for name in (
            "400",
            "403",
            "403_csrf",
            "403_no_membership",
            "403_support_session",
            "404",
            "409_stale_form",
            "429",
            "500",
            "503",
        )
    ],
]


# Pages about people need people: they are tried by tests/integration/accounts.
ABOUT_PEOPLE = ("account/", "people/", "requests/", "operator/")


def test_every_page_is_tried_here() -> None:
    pages = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html")}
    parts = {page for page in pages if page.startswith(("components/", "django/", *ABOUT_PEOPLE))}
    tried = {page for page, _ in PAGES if not page.startswith(ABOUT_PEOPLE)}
    assert tried == pages - parts - {"base.html", "skeleton.html", "exports/table.html"}


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_no_template_has_a_style_or_a_script_of_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! type=\"module\" src=)", text)


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.name)
def test_every_form_that_is_posted_has_its_token(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(re.findall(r'<form[^>]*method="post"', text)) == text.count("{% csrf_token %}")


@pytest.mark.parametrize(("page", "context"), PAGES)
def test_page_stands_under_the_content_policy(page: str, context: dict[str, Any]) -> None:
    html = visit(page, **context)
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?! type=\"module\" src=)", html)
    assert html.count("<h1") == 1
    assert re.search(r"<title>\S.* – Data Enquiry Service</title>", html)
    assert '<html lang="en-GB"' in html


@pytest.mark.parametrize("page", ["400", "500", "503"])
def test_fault_page_needs_nothing(page: str) -> None:
    assert "Data Enquiry Service" in render_to_string(f"{page}.html")
    assert "01JDA7K2" in render_to_string(f"{page}.html", {"request_id": "01JDA7K2"})


def test_signed_in_reader_sees_for_whom_they_act_and_can_sign_out_by_post() -> None:
    html = visit("help/index.html")
    assert "Amira Sharma" in html
    assert "Northern Gas Shipping (Shipper)" in html
    assert '<form method="post" action="/sign-out/">' in html
    assert 'name="q"' in html


def test_signed_out_reader_sees_no_search_and_no_navigation() -> None:
    html = visit("help/index.html", signed_in=False)
    assert 'name="q"' not in html
    assert "govuk-service-navigation" not in html


def test_navigation_marks_where_the_reader_is() -> None:
    html = visit("screens/record.html", at="record", **RECORD)
    assert re.search(r'href="/search/" aria-current="true"', html)
    assert html.count("aria-current") == 1


@pytest.mark.parametrize("page", ["screens/home.html", "screens/results.html"])
def test_page_with_the_big_box_has_no_small_one(page: str) -> None:
    assert visit(page, may_enquire=True).count('name="q"') == 1


def test_foot_says_how_old_the_data_is_and_which_request_this_was() -> None:
    html = visit("help/index.html", data_as_at=NOW)
    assert "Data as at 22 November 2026, 06:00" in html
    assert "Request 01JDA7K2" in html


def test_old_browser_and_demonstration_are_announced() -> None:
    html = visit("help/index.html", unsupported_browser=True, demo=True)
    assert "Edge 16, Chrome 57, Firefox 52, Safari 11" in html
    assert "the meter points are invented" in html


def test_results_say_how_many_and_how_to_narrow() -> None:
    html = visit("screens/results.html", q="12 LS1 4AP", findings=[FINDING], export_url="/exports/")
    assert "50 of more than 1,000" in html
    assert '<a class="govuk-link" href="?status=LI">Live only</a> (812)' in html
    assert "No house 12 in LS1 4AP. Showing the whole postcode." in html
    assert 'name="postcode" value="LS1 4AP"' in html
    assert "No meter point that you may see matches" not in html


def test_record_lists_its_sections_to_jump_to() -> None:
    html = visit("screens/record.html", **RECORD)
    assert '<a class="govuk-link" href="#meter-point">Meter point</a>' in html
    assert 'id="meter-point"' in html
    assert 'data-copy="4057369204"' in html
    assert "Nothing held." in html
    assert "/search/?q=1&amp;list=1" in html


@pytest.mark.parametrize("state", ["queued", "running"])
def test_unfinished_export_reloads_only_without_a_script(state: str) -> None:
    html = visit("exports/detail.html", export=export(state), progress_url="/exports/1/progress/")
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in html
    assert 'data-progress-url="/exports/1/progress/"' in html
    assert "Download" not in html


def test_finished_export_can_be_fetched_and_checked() -> None:
    html = visit("exports/detail.html", export=export("done"), criteria=[("Postcode", "LS11")], download_url="/d/")
    assert 'href="/d/"' in html
    assert "9f86d081" in html
    assert "41,250" in html
    assert "http-equiv" not in html


@pytest.mark.parametrize("state", ["failed", "refused"])
def test_export_that_ended_badly_says_why(state: str) -> None:
    assert "Your membership ended." in visit(
        "exports/detail.html", export=export(state, reason="Your membership ended.")
    )
