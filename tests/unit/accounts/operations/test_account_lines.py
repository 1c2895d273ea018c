"""What a line of an import asks for, and what is said of one that is wrong by itself."""

import io
from datetime import date

import pytest

from accounts.models import User
from accounts.operations.account_file import AccountFile
from accounts.operations.account_lines import LONGEST_NAME, LONGEST_TELEPHONE, row_of
from accounts.permissions import MarketRole, PortalRole

HEADER = "email,name,telephone,short_code,market_role,portal_roles,started_on,ended_on\n"
TODAY = date(2026, 11, 25)


def read(line: str):
    (row,) = [row_of(line, on=TODAY) for line in AccountFile(io.BytesIO((HEADER + line).encode()))]
    return row


BAD = {
    "no address": (",Ann,,BGF,shipper,user,,", "Enter an e-mail address."),
    "a malformed address": ("ann,Ann,,BGF,shipper,user,,", "like name@company.co.uk"),
    "an address at no domain": ("ann@localhost,Ann,,BGF,shipper,user,,", "like name@company.co.uk"),
    "an address at a number": ("ann@[127.0.0.1],Ann,,BGF,shipper,user,,", "like name@company.co.uk"),
    "an address that makes a header": ("ann@example.com\tBcc: x@x.com,Ann,,BGF,shipper,user,,", "cannot be seen"),
    "an address of other letters": ("аnn@example.com,Ann,,BGF,shipper,user,,", "like name@company.co.uk"),
    "a formula as an address": ("=ann@example.com,Ann,,BGF,shipper,user,,", "like name@company.co.uk"),
    "a long address": (f"{'a' * 250}@example.com,Ann,,BGF,shipper,user,,", "at most 254 characters"),
    "no name": ("ann@example.com, ,,BGF,shipper,user,,", "Enter the person’s name."),
    "a long name": (f"ann@example.com,{'A' * 151},,BGF,shipper,user,,", "at most 150 characters"),
    "a name of digits": ("ann@example.com,12345,,BGF,shipper,user,,", "A name has letters."),
    "a formula as a name": ("ann@example.com,=cmd|' /C calc'!A0,,BGF,shipper,user,,", "a spreadsheet would run"),
    "a name in reverse": ("ann@example.com,\u202eAnn,,BGF,shipper,user,,", "U+202E, right-to-left override"),
    "a name with nothing in it": ("ann@example.com,An\u200bn,,BGF,shipper,user,,", "U+200B, zero width space"),
    "a name that rings": ("ann@example.com,An\x07n,,BGF,shipper,user,,", "U+0007, control character"),
    "a name on two lines": ("ann@example.com,An\u2028n,,BGF,shipper,user,,", "U+2028, line separator"),
    "a telephone of letters": ("ann@example.com,Ann,ring me,BGF,shipper,user,,", "telephone number in digits"),
    "a long telephone": (f"ann@example.com,Ann,{'1' * 31},BGF,shipper,user,,", "at most 30 characters"),
    "no short code": ("ann@example.com,Ann,,,shipper,user,,", "three or four letters or digits"),
    "a short code of no shape": ("ann@example.com,Ann,,TOOLONG,shipper,user,,", "three or four letters or digits"),
    "an unknown market role": ("ann@example.com,Ann,,BGF,trader,user,,", "no market role “trader”"),
    "no portal role": ("ann@example.com,Ann,,BGF,shipper, ; ,,", "at least one portal role"),
    "an unknown portal role": ("ann@example.com,Ann,,BGF,shipper,user;boss,,", "no portal role “boss”"),
    "an operator role": ("ann@example.com,Ann,,BGF,shipper,user;support,,", "support is for the operator’s own"),
    "a user of the operator": ("ann@example.com,Ann,,DES,operator,user,,", "user is not for the operator’s people"),
    "a start that is no day": ("ann@example.com,Ann,,BGF,shipper,user,2025-02-30,", "started_on is no day"),
    "a start in another order": ("ann@example.com,Ann,,BGF,shipper,user,12/31/2025,", "started_on is no day"),
    "a start long ago": ("ann@example.com,Ann,,BGF,shipper,user,0001-01-01,", "started_on is no day"),
    "digits of another script": ("ann@example.com,Ann,,BGF,shipper,user,٢٠٢٥-01-01,", "started_on is no day"),
    "an end that is no day": ("ann@example.com,Ann,,BGF,shipper,user,,soon", "ended_on is no day"),
    "an end before the start": ("ann@example.com,Ann,,BGF,shipper,user,2031-01-01,2030-01-01", "not after started_on"),
    "an end in the past": ("ann@example.com,Ann,,BGF,shipper,user,2019-01-01,2020-01-01", "The membership is over"),
}


@pytest.mark.parametrize(("line", "why"), BAD.values(), ids=BAD)
def test_a_bad_line_says_how_to_put_it_right(line, why):
    row = read(line)

    assert not row.is_good
    assert why in " ".join(row.problems)


def test_all_that_is_wrong_with_a_line_is_told_at_once():
    reason = " ".join(read("ann,=Ann,none,bgf,trader,boss,soon,later").problems)

    for column in ("e-mail", "name", "telephone", "market role", "portal role", "started_on", "ended_on"):
        assert column in reason


def test_a_good_line_is_read_as_people_write_it():
    who = " Ann@Example.com ,Jo\u00a0 Doe,+44 (0)113 496-0000"
    row = read(f"{who},bgf,GAS TRANSPORTER,Local Security Officer;USER;user,1/6/2021,")

    assert row.problems == []
    assert (row.email, row.name, row.telephone) == ("ann@example.com", "Jo Doe", "+44 (0)113 496-0000")
    assert (row.short_code, row.market_role) == ("BGF", MarketRole.GT)
    assert row.portal_roles == {PortalRole.LSO, PortalRole.USER}
    assert (row.started_on, row.ended_on) == (date(2021, 6, 1), None)


@pytest.mark.parametrize("name", ["Siân Ó Briain", "Nguyễn Văn An", "משה כהן", "عمر", "O'Ther-Smith Jr."])
def test_a_name_in_any_letters_is_a_name(name):
    assert read(f"ann@example.com,{name},,BGF,shipper,user,,").name == name


def test_a_membership_may_end_tomorrow_and_starts_today_where_nothing_is_said():
    row = read("ann@example.com,Ann,,BGF,shipper,user,,2026-11-26")

    assert (row.started_on, row.ended_on, row.is_good) == (TODAY, date(2026, 11, 26), True)


def test_as_much_is_taken_as_an_account_holds():
    longest = {name: User._meta.get_field(name).max_length for name in ("name", "telephone")}

    assert longest == {"name": LONGEST_NAME, "telephone": LONGEST_TELEPHONE}
