"""Result rows: what a reader, a phone and a screen reader find in each cell."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
COLUMNS = [
    SimpleNamespace(name="mprn", label="MPRN", numeric=False, format="mprn"),
    SimpleNamespace(name="address", label="Address", numeric=False, format="text"),
    SimpleNamespace(name="status", label="Status", numeric=False, format="status"),
    SimpleNamespace(name="aq", label="AQ (kWh)", numeric=True, format="number"),
]
ROW = ("4057369204", "12 WATER LANE", ("LI", "Live"), "12,345")


def rendered(*rows: tuple[object, ...], withheld: list[tuple[bool, ...]] | None = None) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    return environment.get_template("screens/rows.jinja").render(
        columns=COLUMNS,
        rows=rows,
        withheld=withheld or [],
        urls=[f"/meter-points/{row[0]}/" for row in rows],
    )


def test_first_cell_heads_the_row_and_leads_to_the_record() -> None:
    expected = (
        '<th scope="row" data-label="MPRN" class="mprn">'
        '<a class="govuk-link" href="/meter-points/4057369204/">4057369204</a></th>'
    )
    assert expected in rendered(ROW)


def test_cells_carry_their_heading_for_phones() -> None:
    assert '<td data-label="Address">12 WATER LANE</td>' in rendered(ROW)


def test_numbers_are_aligned() -> None:
    assert '<td data-label="AQ (kWh)" class="num">12,345</td>' in rendered(ROW)


def test_status_is_a_chip_that_says_its_meaning() -> None:
    assert '<span class="app-chip app-chip--li">Live</span>' in rendered(ROW)


def test_empty_and_withheld_cells_differ_to_the_eye_and_the_ear() -> None:
    html = rendered(("4057369204", None, ("LI", "Live"), None), withheld=[(False, False, False, True)])
    address, aq = html.split('data-label="Address"')[1].split('data-label="AQ (kWh)"')
    assert "–" in address
    assert ">none<" in address
    assert "Withheld" not in address
    assert "#lock" in aq
    assert ">Withheld<" in aq
    assert "none" not in aq


def test_status_may_be_withheld_or_empty() -> None:
    assert "app-chip" not in rendered(("1", "a", None, "1"))
    assert "app-chip" not in rendered(("1", "a", None, "1"), withheld=[(False, False, True, False)])


@pytest.mark.parametrize("at", [0, 1, 3])
def test_values_are_escaped(at: int) -> None:
    row = [*ROW]
    row[at] = "<b>&\"'"
    assert "<b>" not in rendered(tuple(row))


def test_each_row_has_its_own_address_and_locks() -> None:
    html = rendered(ROW, ("2", "b", ("DE", "Dead"), "1"), withheld=[(False,) * 4, (False, True, False, False)])
    first, second, _ = html.split("</tr>")
    assert "#lock" not in first
    assert "#lock" in second
    assert 'href="/meter-points/2/"' in second


def test_no_rows_are_no_text() -> None:
    assert rendered().strip() == ""


def test_row_without_a_record_has_no_link() -> None:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    html = environment.get_template("screens/rows.jinja").render(
        columns=COLUMNS[:2], rows=[ROW[:2]], withheld=[], urls=[""]
    )
    assert "<a" not in html
    assert ">4057369204</th>" in html
