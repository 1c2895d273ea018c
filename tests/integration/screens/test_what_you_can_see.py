"""What each market role may see, as a page."""

import pytest

from accounts.matrix import access_matrix
from accounts.permissions import MarketRole
from des.catalogue import ENQUIRIES
from des.screens.visibility import NOT_RELEASED, visibility
from tests.integration.pages import read

PAGE = "/what-you-can-see/"


def answers(response):
    return {row["What"]: row for row in read(response).rows}


def test_the_shipper_reads_how_far_their_role_reaches(client, shipper):
    client.force_login(shipper)
    response = client.get(PAGE)

    assert read(response).heading == "What you can see"
    supplier = next(row for what, row in answers(response).items() if what.startswith("Supplier, "))
    assert supplier["Shipper"] == (
        "Own portfolio; Every meter point, once “Seeing the supplier of another party’s site” is accepted"
    )
    assert access_matrix().version[:12] in response.text


def test_two_roles_are_compared_and_what_is_the_same_can_be_left_out(client, reader):
    client.force_login(reader)
    both = answers(client.get(PAGE, {"role": "shipper", "compare": "supplier"}))
    differing = answers(client.get(PAGE, {"role": "shipper", "compare": "supplier", "only_differences": "on"}))

    assert 0 < len(differing) < len(both)
    assert all(row["Shipper"] != row["Supplier"] for row in differing.values())


def test_a_role_compared_with_itself_is_one(client, reader):
    client.force_login(reader)
    response = client.get(PAGE, {"role": "gt", "compare": "gt", "only_differences": "on"})

    assert "These roles see the same" not in response.text
    assert set(next(iter(answers(response).values()))) == {"What", "Gas transporter"}


@pytest.mark.parametrize("query", [{"role": "nobody"}, {"role": "shipper", "compare": "\0"}, {"role": ""}])
def test_a_role_that_there_is_not_is_asked_for_again(client, reader, query):
    client.force_login(reader)
    response = client.get(PAGE, query)

    assert response.status_code == 200
    assert "There is a problem" in response.text


def test_support_reads_it_without_a_support_session(client, idle_support):
    client.force_login(idle_support)

    assert client.get(PAGE).status_code == 200


def test_every_column_of_every_enquiry_is_on_it_and_says_what_the_matrix_says():
    shown = visibility(ENQUIRIES, access_matrix(), list(MarketRole), {})
    labels = [label for _name, lines in shown for line in lines for label in line.labels.split(", ")]
    released = [answer != NOT_RELEASED for _name, lines in shown for line in lines for answer in line.answers]

    assert sorted(labels) == sorted(column.label for enquiry in ENQUIRIES for column in enquiry.columns)
    assert any(released)
    assert not all(released)
