"""What is withheld from one of the cast is nowhere: not on a page, not in a file, not in what the database answers.

Every value that some role may not see is set to one that occurs nowhere else, so that it can be looked for.
"""

import re
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import MarketParticipant, Organisation, SupportSession, TermsAcceptance
from accounts.permissions import DataItem
from des.catalogue import ENQUIRIES
from des.exports.csv_file import csv_blocks
from des.meterpoints.enquiry import MeterPointEnquiry
from des.meterpoints.models import LatestRead, Meter, MeterPoint, Quantity, Registration
from tests.conftest import SINCE, accept_terms, audited, owning
from tests.integration.pages import read

OTHER_SUPPLIERS, CONFIRMATION, METER_DETAIL = DataItem.OTHER_SUPPLIERS, DataItem.CONFIRMATION, DataItem.METER_DETAIL
METER_AGENTS, QUANTITY, FORMULA_YEAR = DataItem.METER_AGENTS, DataItem.QUANTITY, DataItem.FORMULA_YEAR
READ, REL = DataItem.READ, DataItem.REL
# Random letters, which could spell anything.
FORM_TOKEN = re.compile(r'value="\w{64}"')

SECRETS = {
    OTHER_SUPPLIERS: ["ZQI", "ZQO"],
    CONFIRMATION: ["9182736455", "918273641", "918,273,641"],
    METER_DETAIL: ["ZQDEVICE", "1.918273", "1907"],
    METER_AGENTS: ["ZQM", "ZQP"],
    QUANTITY: ["918273642", "918,273,642"],
    FORMULA_YEAR: ["918273643", "918,273,643"],
    READ: ["918273644", "918,273,644"],
    REL: ["998877665544"],
}
EVERYTHING = set(SECRETS)
# What each of the cast may not see of the one meter point; to some it does not exist.
UNREACHED = {"other_transporter", "other_map"}
CAST = {
    "shipper": set(),
    "other_shipper": {OTHER_SUPPLIERS, CONFIRMATION, METER_DETAIL, METER_AGENTS, FORMULA_YEAR, READ},
    "supplier": {FORMULA_YEAR},
    "other_supplier": {OTHER_SUPPLIERS, CONFIRMATION, METER_DETAIL, METER_AGENTS, FORMULA_YEAR, READ},
    "transporter": {METER_AGENTS, READ},
    "other_transporter": EVERYTHING,
    "mam": {CONFIRMATION, QUANTITY, FORMULA_YEAR, READ, REL},
    "other_mam": {OTHER_SUPPLIERS, CONFIRMATION, METER_DETAIL, METER_AGENTS, QUANTITY, FORMULA_YEAR, READ, REL},
    "map": {CONFIRMATION, QUANTITY, FORMULA_YEAR, READ, REL},
    "other_map": EVERYTHING,
    "pcw": {OTHER_SUPPLIERS, CONFIRMATION, METER_DETAIL, METER_AGENTS, FORMULA_YEAR, READ},
    "support": set(),
}


@pytest.fixture
def point(keys):
    """The one meter point, with values that occur nowhere else."""
    mprn = keys["mprn"]
    company = Organisation.objects.create(name="Zeta Quality")
    for market_role, short_code in [("mam", "ZQM"), ("map", "ZQP"), ("mam", "ZZM"), ("map", "ZZP"), ("pcw", "ZZW")]:
        MarketParticipant.objects.create(
            organisation=company if short_code.startswith("ZQ") else Organisation.objects.create(name=short_code),
            market_role=market_role,
            short_code=short_code,
            started_on=SINCE,
            basis="test",
        )
    with owning():
        MeterPoint.objects.filter(mprn=mprn).update(
            mam="ZQM", map="ZQP", next_supplier="ZQI", next_supplier_from=date(2099, 1, 1), uprn=998877665544
        )
        Registration.objects.filter(meter_point=mprn, market_role="shipper", ended_on=None).update(
            confirmation_reference=9182736455
        )
        Registration.objects.filter(meter_point=mprn, market_role__in=["mam", "map"]).delete()
        Registration.objects.filter(meter_point=mprn, market_role="supplier", ended_on__isnull=False).delete()
        started = Registration.objects.get(meter_point=mprn, market_role="supplier").started_on
        for market_role, short_code, ended_on in [
            ("mam", "ZQM", None),
            ("map", "ZQP", None),
            ("supplier", "ZQO", started),
        ]:
            Registration.objects.create(
                meter_point_id=mprn,
                market_role=market_role,
                short_code=short_code,
                started_on=date(1901, 1, 1),
                ended_on=ended_on,
            )
        Meter.objects.filter(meter_point=mprn).update(
            model="ZQDEVICE", correction_factor="1.918273", year_of_manufacture=1907
        )
        Quantity.objects.filter(meter_point=mprn, ended_on=None).update(
            minimum_annual_quantity=918273641, annual_quantity=918273642, formula_year_annual_quantity=918273643
        )
        LatestRead.objects.update_or_create(
            meter_point_id=mprn, defaults={"read_on": "2026-01-02", "read_type": "", "value": 918273644}
        )
    return MeterPoint.objects.get(mprn=mprn)


@pytest.fixture
def one_of_the_cast(request, person, point):
    """The person of a name, who may export unless they are support."""

    def called(name):
        made = {
            "other_supplier": ("OCT", "supplier"),
            "mam": ("ZQM", "mam"),
            "other_mam": ("ZZM", "mam"),
            "map": ("ZQP", "map"),
            "other_map": ("ZZP", "map"),
            "pcw": ("ZZW", "pcw"),
        }
        return person(name, *made[name], "exporter") if name in made else request.getfixturevalue(name)

    return called


def leaked(text, name):
    """The values in a text that this one of the cast may not see."""
    return [secret for item in CAST[name] for secret in SECRETS[item] if secret in text]


def statements(actor, user, point, *, listed):
    """Every question of every enquiry about the one meter point, as a person may ask it."""
    for kind in ENQUIRIES:
        enquiry = kind({"mprn": str(point.mprn)}, actor=actor(user), on=timezone.localdate())
        if enquiry.is_valid():
            yield from enquiry.statements(listed=listed)


@pytest.mark.parametrize("name", CAST)
def test_no_page_shows_it(client, one_of_the_cast, point, name):
    client.force_login(one_of_the_cast(name))

    pages = [
        client.get(f"/meter-points/{point.mprn}/"),
        client.get("/search/", {"q": str(point.mprn), "list": "1"}),
        client.get("/search/", {"q": point.postcode}),
        client.get("/enquiries/meter-points/", {"postcode": point.postcode}),
    ]

    assert [leaked(FORM_TOKEN.sub("", page.text), name) for page in pages] == [[], [], [], []]
    assert pages[0].status_code == (404 if name in UNREACHED else 200)


@pytest.mark.parametrize("name", [name for name in CAST if name not in UNREACHED])
def test_what_is_not_withheld_is_shown(client, one_of_the_cast, point, name):
    client.force_login(one_of_the_cast(name))

    text = client.get(f"/meter-points/{point.mprn}/").text

    for item in EVERYTHING - CAST[name]:
        assert any(secret in text for secret in SECRETS[item]), item


@pytest.mark.parametrize("listed", [True, False])
@pytest.mark.parametrize("name", CAST)
def test_the_database_does_not_answer_with_it(actor, one_of_the_cast, point, name, listed):
    for statement in statements(actor, one_of_the_cast(name), point, listed=listed):
        assert leaked(repr(list(statement.rows)), name) == []


@pytest.mark.parametrize("name", CAST)
def test_no_file_holds_it(actor, one_of_the_cast, point, name):
    for statement in statements(actor, one_of_the_cast(name), point, listed=False):
        assert leaked(b"".join(csv_blocks(statement, connection)).decode(), name) == []


@pytest.mark.parametrize(
    ("name", "never_selected"),
    [
        ("transporter", ["meterpoints_latestread", '"map"', "next_map"]),
        ("mam", ["rel_match_score", "latestread", "priority_consumer", "formula_year", "annual_quantity"]),
        ("pcw", ["latestread", "confirmation_reference", "correction_factor", "formula_year"]),
    ],
)
def test_what_a_role_never_sees_is_not_selected(actor, one_of_the_cast, point, name, never_selected):
    question = next(statements(actor, one_of_the_cast(name), point, listed=False))

    sql = str(question.rows.query)

    assert [column for column in never_selected if column in sql] == []


def test_what_another_shipper_does_not_see_is_masked_by_the_database(client, other_shipper, point):
    client.force_login(other_shipper)

    with CaptureQueriesContext(connection) as queries:
        client.get(f"/meter-points/{point.mprn}/")

    asked = next(query["sql"] for query in queries if "annual_quantity" in query["sql"])
    own = 'CASE WHEN CASE WHEN ("meterpoints_meterpoint"."next_shipper_from" <= '
    for column in ("confirmation_reference", "correction_factor", "formula_year_annual_quantity", "value"):
        before, _, after = asked.partition(f'."{column}"')
        mask = before[before.rindex("CASE WHEN CASE WHEN") :]
        assert mask.startswith(own)
        assert "'OCT'" in mask
        assert after.lstrip().startswith("ELSE NULL END")


@pytest.mark.parametrize("name", [name for name in CAST if REL in CAST[name]])
def test_what_is_withheld_cannot_be_found_by_searching_for_it(client, one_of_the_cast, point, name):
    client.force_login(one_of_the_cast(name))

    for path, query in [("/search/", {"q": "998877665544"}), ("/enquiries/meter-points/", {"uprn": "998877665544"})]:
        assert f"/meter-points/{point.mprn}/" not in client.get(path, query).text


def test_where_something_is_withheld_the_list_says_so(client, other_shipper, point, monkeypatch):
    """No listed column is narrower than its row today; one that is, is locked and explained."""
    columns = tuple(
        replace(column, listed=True) if column.name == "meter_model" else column for column in MeterPointEnquiry.columns
    )
    monkeypatch.setattr(MeterPointEnquiry, "columns", columns)
    client.force_login(other_shipper)

    text = client.get("/search/", {"q": str(point.mprn), "list": "1"}).text

    assert "Withheld from your role. Open the record to read why." in text
    assert "ZQDEVICE" not in text


def test_support_is_denied_every_data_item_outside_a_support_session(client, idle_support, keys):
    client.force_login(idle_support)

    for path in (f"/meter-points/{keys['mprn']}/", "/search/?q=LS1", "/enquiries/meter-points/"):
        response = client.get(path)
        assert response.status_code == 403
        assert keys["mprn"] not in response.text


def test_what_support_sees_is_written_down_with_its_support_session(client, support, keys):
    client.force_login(support)

    assert client.get(f"/meter-points/{keys['mprn']}/").status_code == 200
    (row,) = audited()
    assert row.support_session_id == SupportSession.objects.get().pk


def test_the_supplier_of_another_party_is_shown_once_its_terms_are_accepted(client, person, keys):
    user = person("newcomer", "OCT", "shipper", "user")
    with owning():
        TermsAcceptance.objects.filter(user=user, document__slug="other-suppliers").delete()
    client.force_login(user)
    name = read(client.get(f"/meter-points/{keys['mprn']}/")).values["Supplier"]
    assert "once you accept the additional terms" in name

    accept_terms(user)
    assert "Withheld" not in read(client.get(f"/meter-points/{keys['mprn']}/")).values["Supplier"]
