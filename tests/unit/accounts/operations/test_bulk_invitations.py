"""Many invitations at once: what a file may look like, and an answer for each line."""

from functools import partial

import pytest
from django.utils import timezone

from accounts.forms_people import InviteForm
from accounts.models import AccessRequest, Event, Held, Invitation
from accounts.operations import bulk_invitations as bulk
from accounts.operations import memberships
from accounts.operations.bulk_invitations import NotText, Outcome
from accounts.origin import SERVICE
from accounts.permissions import MarketRole, PortalRole
from tests.unit.accounts.operations.people_cast import domain, events, mails, organisation

ROLES = [MarketRole.SHIPPER, MarketRole.SUPPLIER]


@pytest.fixture
def send(lso, actor):
    domain()

    def sent(text, by=lso):
        data = text if isinstance(text, bytes) else text.encode()
        return bulk.invite_many(
            lines=bulk.lines_of(bulk.text_of(data)),
            organisation=organisation(),
            market_roles=ROLES,
            form_of=partial(
                InviteForm, market_roles=ROLES, roles=memberships.grantable(actor(by)), on=timezone.localdate()
            ),
            by=actor(by),
            asker=by,
            origin=SERVICE,
            now=timezone.now(),
        )

    return sent


def outcomes(results):
    return [(result.number, result.outcome) for result in results]


# -- the file


@pytest.mark.parametrize(
    "data", ["é@example.com", "é@example.com".encode("utf-8-sig"), "é@example.com".encode("cp1252")]
)
def test_the_encodings_of_spreadsheets_are_read(data):
    data = data.encode() if isinstance(data, str) else data

    assert bulk.text_of(data) == "é@example.com"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"a@example.com\0,x", "not a CSV file"),
        ("a@example.com,x".encode("utf-16"), "not a CSV file"),
        (b"PK\x03\x04\0\0", "not a CSV file"),
        (b"a\x81b,\x8d", "cannot be read"),
        (b"a" * 1_000_001, "larger than 1 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_what_to_do(data, why):
    with pytest.raises(NotText, match=why):
        bulk.text_of(data)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no lines"),
        (" \n,,\n", "no lines"),
        ("email,name\n", "below the headings"),
        ("email,e-mail address\na@example.com,b", "headed as the same: email"),
        ("a@example.com,A\n" * 501, "501 lines"),
    ],
)
def test_a_file_that_says_nothing_usable_is_refused_whole(text, why):
    with pytest.raises(NotText, match=why):
        bulk.lines_of(text)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_ends_of_lines_are_found_out(separator, end):
    lines = bulk.lines_of(end.join([f"a@example.com{separator}Ann", "", f"b@example.com{separator}Ben"]))

    assert lines == [(1, {"email": "a@example.com", "name": "Ann"}), (3, {"email": "b@example.com", "name": "Ben"})]


def test_headings_may_put_the_columns_in_another_order():
    lines = bulk.lines_of("Name;E-Mail Address;Note;Phone\nAnn;a@example.com;x;0113 496 0000")

    assert lines == [(2, {"name": "Ann", "email": "a@example.com", "telephone": "0113 496 0000"})]


def test_a_first_line_with_an_address_is_no_heading():
    assert bulk.lines_of("email@example.com,Name")[0][0] == 1


def test_500_lines_are_not_too_many():
    assert len(bulk.lines_of("email,name\n" + "a@example.com,A\n" * 500)) == 500


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("", ["user"]),
        ("User / Exporter", ["user", "exporter"]),
        ("user and LSO", ["user", "lso"]),
        ("Local Security Officer", ["lso"]),
        ("group LSO", ["group-lso"]),
        ("boss", ["boss"]),
    ],
)
def test_portal_roles_are_read_as_people_write_them(cell, names):
    assert bulk.portal_roles_of(cell) == names


# -- the lines


def test_good_lines_go_through_and_each_other_says_why(send, reader):
    results = send(
        "\n".join([
            "ann@example.com,Ann Able,shipper,User / Exporter,0113 496 0000,,",
            "not an address,Ben,shipper,,,,",
            "cat@elsewhere.example,Cat,shipper,,,,",
            "reader@example.com,Reader,shipper,,,,",
            "dan@example.com,Dan,gas transporter,,,,",
            "eve@example.com,Eve,shipper,Operator support,,,",
            "ANN@example.com,Ann Able,shipper,,,,",
            "fay@example.com,Fay,shipper,,,1/1/2020,",
            "guy@example.com,Guy,shipper,,,,5/4/2019",
            "hal@example.com,,shipper,,,,",
            '"ivy@example.com,Ivy,shipper,,,,',
            "jim@example.com,Jim,shipper,,,,,extra",
            "kim@example.com,Kim\x07,shipper,,,,",
            "leo@example.com,Leo,shipper,LSO,,,",
            "lso@example.com,Myself,supplier,,,,",
        ])
    )  # fmt: skip

    assert outcomes(results) == [
        (1, Outcome.INVITED),
        (2, Outcome.WRONG),
        (3, Outcome.HELD),
        (4, Outcome.ALREADY_ACTS),
        (5, Outcome.WRONG),
        (6, Outcome.WRONG),
        (7, Outcome.WRONG),
        (8, Outcome.WRONG),
        (9, Outcome.WRONG),
        (10, Outcome.WRONG),
        (11, Outcome.WRONG),
        (12, Outcome.WRONG),
        (13, Outcome.WRONG),
        (14, Outcome.ASKED),
        (15, Outcome.WRONG),
    ]
    why = {result.number: result.why for result in results}
    for number, words in {
        2: "name@company.co.uk",
        3: "outside the organisation’s mail domains",
        5: "Market role: Choose from the list.",
        6: "Portal roles: Choose from the list.",
        7: "is on line 1",
        8: "must not be before today",
        9: "must be after today",
        10: "name",
        11: "quotation mark",
        12: "extra",
        13: "on one line",
        15: "for themselves",
    }.items():
        assert words in why[number]
    assert set(Invitation.objects.values_list("email", "held")) == {
        ("ann@example.com", Held.NO), ("cat@elsewhere.example", Held.DOMAIN),
    }  # fmt: skip
    assert mails("invitation") == ["ann@example.com"]


def test_the_same_file_twice_invites_nobody_twice(send):
    text = "ann@example.com,Ann,shipper\nben@example.com,Ben,shipper"
    send(text)

    assert outcomes(send(text)) == [(1, Outcome.ALREADY_INVITED), (2, Outcome.ALREADY_INVITED)]
    assert len(events(Event.INVITED)) == 2


def test_an_lso_is_not_invited_by_one_alone(send, lso):
    (result,) = send("ann@example.com,Ann,shipper,LSO")

    assert result.outcome == Outcome.ASKED
    assert not Invitation.objects.exists()
    request = AccessRequest.objects.get()
    assert (request.email, request.portal_roles, request.approvals.get().by) == ("ann@example.com", ["lso"], lso)


def test_who_acts_already_is_not_asked_for_as_an_lso_again(send, reader):
    (result,) = send("reader@example.com,Reader,shipper,LSO")

    assert result.outcome == Outcome.ALREADY_ACTS
    assert not AccessRequest.objects.exists()


def test_a_plain_lso_invites_no_group_lso(send):
    (result,) = send("ann@example.com,Ann,shipper,Group LSO")

    assert (result.outcome, result.why) == (Outcome.WRONG, "Portal roles: Choose from the list.")


def test_the_only_market_role_need_not_be_written():
    assert bulk.market_role_of("", [MarketRole.MAM]) == "mam"
    assert bulk.market_role_of("", ROLES) == ""


def test_what_is_invited_is_what_the_line_says(send):
    send("ann@example.com,Ann Able,Supplier,user/exporter,0113 496 0000,2030-01-01,31/12/2030")

    invited = Invitation.objects.get()
    assert (invited.name, invited.telephone, invited.market_role) == ("Ann Able", "0113 496 0000", "supplier")
    assert [PortalRole(name) for name in invited.portal_roles] == [PortalRole.EXPORTER, PortalRole.USER]
    assert (str(invited.starts_on), str(invited.ends_on)) == ("2030-01-01", "2030-12-31")


def test_a_name_with_signs_of_other_languages_is_kept(send):
    send("zoe@example.com,Zoë Müller,shipper".encode("cp1252"))

    assert Invitation.objects.get().name == "Zoë Müller"


def test_each_line_costs_the_same(send, django_assert_max_num_queries):
    with django_assert_max_num_queries(40 * 12 + 20):
        send("\n".join(f"p{number}@example.com,P,shipper" for number in range(40)))
