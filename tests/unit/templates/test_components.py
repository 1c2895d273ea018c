"""The components, each with the inputs that its comment names."""

import re
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

COMPONENTS = Path(__file__).resolve().parents[3] / "templates/components"
WITHHELD = SimpleNamespace(reason="Released to a shipper only for its own portfolio.", who="Ask operator support.")


def component(name: str, **inputs: object) -> str:
    return " ".join(render_to_string(f"components/{name}.html", inputs).split())


class Renderer(TemplatesSetting):
    field_template_name = "components/field.html"


class Question(forms.Form):
    """One field of each kind that the components dress."""

    default_renderer = Renderer

    mprn = forms.CharField(label="MPRN", help_text="6 to 10 digits")
    secret = forms.CharField(widget=forms.PasswordInput, required=False)
    status = forms.ChoiceField(choices=[("LI", "Live"), ("DE", "Dead")], required=False)
    sector = forms.ChoiceField(choices=[("D", "Domestic")], widget=forms.RadioSelect)
    roles = forms.MultipleChoiceField(choices=[("S", "Shipper")], widget=forms.CheckboxSelectMultiple, required=False)
    current = forms.BooleanField(label="Only current", required=False)
    note = forms.CharField(widget=forms.Textarea(attrs={"class": "wide"}), required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def field(name: str, data: dict[str, str] | None = None) -> str:
    return " ".join(str(Question(data)[name].as_field_group()).split())


@pytest.mark.parametrize("path", sorted(COMPONENTS.glob("*.html")), ids=lambda path: path.stem)
def test_component_says_what_it_takes(path: Path) -> None:
    assert path.read_text().startswith("{% comment %}\n")


def test_chip_takes_its_colour_from_the_code_and_its_words_from_the_meaning() -> None:
    assert component("status_chip", code="LI", meaning="Live") == '<span class="app-chip app-chip--li">Live</span>'


def test_chip_of_a_strange_code_stays_one_class() -> None:
    assert 'class="app-chip app-chip--x-y"' in component("status_chip", code='X y"', meaning="Odd")


def test_withheld_opens_without_a_script_and_says_who_can_change_it() -> None:
    html = component("withheld", label="Shipper", reason=WITHHELD.reason, who=WITHHELD.who)
    assert html.startswith("<details")
    assert "Withheld" in html.split("</summary>")[0]
    assert ": Shipper. Show why" in html
    assert WITHHELD.reason in html
    assert WITHHELD.who in html


def test_record_tells_withheld_from_not_held() -> None:
    shipper = SimpleNamespace(label="Shipper", value=None, withheld=WITHHELD, format="text")
    zone = SimpleNamespace(label="Exit zone", value=None, withheld=None, format="text")
    held, empty = component("summary_list", items=[shipper, zone]).split("Exit zone")
    assert "Withheld" in held
    assert "Not held" not in held
    assert "Not held" in empty
    assert "Withheld" not in empty


def test_record_shows_zero_and_a_status() -> None:
    html = component(
        "summary_list",
        items=[
            SimpleNamespace(label="AQ", value=0, withheld=None, format="number"),
            SimpleNamespace(label="Status", value=("DE", "Dead"), withheld=None, format="status"),
        ],
    )
    assert "Not held" not in html
    assert '<span class="app-chip app-chip--de">Dead</span>' in html


def test_paging_by_key_goes_on_and_back_to_the_start() -> None:
    html = component("pagination", first_url="/first", next_url="/next?a=1&b=2")
    assert '<a class="govuk-link" href="/first">Back to first</a>' in html
    assert '<a class="govuk-link" href="/next?a=1&amp;b=2" rel="next">Next 50</a>' in html
    assert component("pagination") == ""


def test_table_has_a_caption_and_scoped_headings() -> None:
    columns = [
        {"label": "MPRN"},
        {"label": "AQ", "numeric": True},
    ]
    html = component("table", caption="Meter points", columns=columns, rows=mark_safe("<tr></tr>"), results=True)
    assert '<caption class="govuk-visually-hidden">Meter points</caption>' in html
    assert '<th scope="col">MPRN</th><th scope="col" class="num">AQ</th>' in html
    assert 'role="region" aria-label="Meter points" tabindex="0" data-results' in html
    assert "<tbody><tr></tr></tbody>" in html
    assert "Withheld" not in html


def test_table_explains_its_locks_and_leads_to_the_record_where_it_is_not_on_it() -> None:
    history = component("table", caption="Meters", columns=[], rows="", locked=True)
    results = component("table", caption="Meter points", columns=[], rows="", locked=True, results=True)
    assert "Withheld from your role.</p>" in history
    assert "Withheld from your role. Open the record to read why.</p>" in results


def test_table_escapes_rows_that_are_not_safe() -> None:
    assert "<script>" not in component("table", caption="x", columns=[], rows="<script>")


@pytest.mark.parametrize(("kind", "spoken"), [("warning", True), ("success", False), ("", False)])
def test_notice_speaks_a_warning(kind: str, spoken: bool) -> None:
    html = component("notice", kind=kind, text="Check digits are wrong.")
    assert f"app-notice--{kind or 'info'}" in html
    assert ("Warning: " in html) is spoken


def test_progress_without_a_total_has_no_share() -> None:
    html = component("progress", rows_done=1200, rows_total=None, percent=0, url="/p")
    assert "1,200 rows so far" in html
    assert "value=" not in html


def test_progress_shows_rows_of_total() -> None:
    html = component("progress", rows_done=41250, rows_total=98000, percent=42, url="/p")
    assert "41,250 of 98,000 rows (42%)" in html
    assert 'max="98000" value="41250"' in html


def test_copy_button_is_hidden_until_a_script_shows_it() -> None:
    assert component("copy", text="405", label="Copy MPRN").endswith("hidden>Copy MPRN</button>")


def test_empty_offers_what_to_try() -> None:
    html = component(
        "empty",
        title="None.",
        hints=[{"text": "Widen", "url": "/w"}, {"text": "Check the spelling", "url": ""}],
    )
    assert '<a class="govuk-link" href="/w">Widen</a>' in html
    assert "<li>Check the spelling</li>" in html


def test_export_button_posts_its_fields_or_says_why_not() -> None:
    html = component("export_button", fields={"postcode": 'LS1"4AP'}, url="/exports/")
    assert '<form method="post" action="/exports/">' in html
    assert 'name="postcode" value="LS1&quot;4AP"' in html
    assert "<form" not in component("export_button", fields=None, refused="Your role may not export.")


def happened(**changes: object) -> SimpleNamespace:
    event = SimpleNamespace(
        at=datetime(2026, 4, 5, 13, 5, tzinfo=UTC), get_event_display="Role granted", by_id=None, address=""
    )
    told = {"event": event, "person": None, "by": None, "organisation": None, "more": "", "device": ""}
    return SimpleNamespace(**told | changes)


def test_events_show_a_column_only_where_it_is_asked_for() -> None:
    plain = component("events_table", events=[happened()])
    full = component("events_table", events=[happened()], whose=True, organisation=True)
    assert re.findall(r'<th scope="col">([^<]+)', plain) == ["When", "What", "By", "From"]
    assert re.findall(r'<th scope="col">([^<]+)', full) == ["When", "What", "To whom", "By", "Organisation", "From"]


def test_an_event_that_nobody_did_is_the_services_and_its_empty_cells_are_marked() -> None:
    html = component("events_table", events=[happened()], whose=True, organisation=True)
    assert '<td data-label="By"><span class="app-none">The service</span></td>' in html
    assert re.findall(r'app-table__blank" data-label="([^"]+)">–</td>', html) == ["To whom", "Organisation", "From"]


def test_an_event_says_you_to_whoever_did_it() -> None:
    told = happened(by=SimpleNamespace(name="Amira Sharma"), device="Firefox on Windows")
    told.event.by_id, told.event.address = 7, "192.0.2.9"
    assert '<td data-label="By">You</td>' in component("events_table", events=[told], reader=7)
    assert '<td data-label="By">Amira Sharma</td>' in component("events_table", events=[told], reader=8)
    assert '<td data-label="From">Firefox on Windows, 192.0.2.9</td>' in component("events_table", events=[told])


def test_no_events_say_so() -> None:
    assert "Nothing has happened yet." in component("events_table", events=[])


# -- fields ------------------------------------------------------------------------------------------------------------


def test_error_summary_leads_to_each_field_in_error() -> None:
    html = component("error_summary", form=Question({}))
    assert '<a href="#id_mprn">' in html
    assert '<a href="#id_sector_0">' in html
    assert component("error_summary", form=Question()) == ""


def test_error_summary_of_plain_problems_leads_to_its_target() -> None:
    html = component("error_summary", problems=["Type at least two letters."], target="search-box")
    assert '<a href="#search-box">Type at least two letters.</a>' in html


def test_field_names_its_hint_and_error_to_screen_readers() -> None:
    html = field("mprn", {"mprn": ""})
    assert 'aria-describedby="id_mprn_helptext id_mprn_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="id_mprn_helptext">6 to 10 digits' in html
    assert 'id="id_mprn_error"' in html
    assert '<label class="govuk-label" for="id_mprn">MPRN</label>' in html


def test_password_can_be_shown() -> None:
    html = field("secret")
    assert 'data-module="govuk-password-input"' in html
    assert 'class="govuk-input govuk-password-input__input govuk-js-password-input-input"' in html
    assert 'aria-controls="id_secret"' in html


@pytest.mark.parametrize(
    ("name", "dressed"),
    [
        ("mprn", 'class="govuk-input"'),
        ("status", 'class="govuk-select"'),
        ("note", 'class="govuk-textarea wide"'),
        ("current", 'class="govuk-checkboxes__input"'),
        ("sector", 'class="govuk-radios__input"'),
        ("roles", 'class="govuk-checkboxes__input"'),
    ],
)
def test_widget_wears_the_class_of_its_kind_once(name: str, dressed: str) -> None:
    html = field(name)
    assert dressed in html
    assert all(tag.count("class=") == 1 for tag in html.split("<") if tag.startswith(("input", "select", "textarea")))


def test_choices_stand_in_a_fieldset_with_a_legend() -> None:
    html = field("sector")
    assert '<legend class="govuk-fieldset__legend">Sector</legend>' in html
    assert '<label class="govuk-label govuk-radios__label" for="id_sector_0">Domestic</label>' in html


def test_hidden_field_is_bare() -> None:
    assert str(Question()["token"]).strip() == '<input type="hidden" name="token" id="id_token">'
