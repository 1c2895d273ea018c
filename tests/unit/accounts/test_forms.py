"""The sign-in form."""

import pytest

from accounts.forms import SignInForm


@pytest.mark.parametrize(
    ("entered", "field", "message"),
    [
        ({"login": "", "password": "x"}, "login", "Enter your e-mail address."),
        ({"login": "shipper", "password": "x"}, "login", "Enter an e-mail address like name@company.co.uk."),
        ({"login": "a@b.example", "password": ""}, "password", "Enter your password."),
        ({"login": "a@b.example", "password": "x" * 129}, "password", "A password has at most 128 characters."),
    ],
)
def test_what_is_missing_or_wrong_is_said_beside_its_box(db, rf, entered, field, message):
    form = SignInForm(entered, request=rf.post("/sign-in/"))

    assert not form.is_valid()
    assert form.errors[field] == [message]


def test_the_boxes_are_named_in_plain_words_and_hold_no_hints(db):
    form = SignInForm()

    assert form.fields["login"].label == "E-mail address"
    assert not any("placeholder" in field.widget.attrs for field in form.fields.values())
