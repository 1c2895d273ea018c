"""A new password is long, plain, unknown to attackers and not made of one's own words; most passphrases pass."""

import hashlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.data.make_breached import NotAHash, main
from accounts.models import Organisation, User
from accounts.passwords import DIGEST_BYTES, SHIPPED, Breached, Length, OwnWords, PlainText, digest, is_listed
from tests.conftest import PASSWORD

VALIDATORS = [Length(), PlainText(), Breached(), OwnWords()]
JANE = User(name="Jane O’Connor-Smythe", email="j.smythe42@borogas.example", telephone="+44 (0)7700 900123")


def refusals(password, user=None):
    """The codes of those who refuse the password, and nothing but a refusal."""
    codes = []
    for validator in VALIDATORS:
        try:
            validator.validate(password, user)
        except ValidationError as refusal:
            codes.append(refusal.code)
    return codes


@pytest.mark.parametrize(
    "password",
    [
        PASSWORD,
        "gas boilers hum through the winter",
        "Jane walks the yellow dog at noon",
        "liberty property assignment",
        "crème brûlée für Zoë",
        "правильная лошадь батарея",
        "馬電池正確馬電池正確留め具針箱雲",
        "xk7#Qz9$Lm2&Vb4!",
        "83#$%29!@6*51^07(4",
        "plum marble lantern",
        "tundra saddle violin kettle " * 4,
    ],
)
def test_a_good_passphrase_passes(password):
    assert refusals(password, JANE) == []


@given(st.text(st.characters(codec=None), max_size=300))
def test_any_text_is_taken_or_refused_and_breaks_nothing(text):
    refusals(text, JANE)


@given(st.text(st.sampled_from("gas1 \ud800e\u0301\x00İß@"), max_size=130))
def test_odd_text_is_taken_or_refused_and_breaks_nothing(text):
    refusals(text, JANE)


# -- length ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [15, 128])
def test_15_to_128_characters_are_allowed(length):
    Length().validate("x" * length)


@pytest.mark.parametrize(("length", "message"), [(0, "too short"), (14, "too short"), (129, "too long")])
def test_fewer_or_more_are_refused(length, message):
    with pytest.raises(ValidationError, match=message):
        Length().validate("x" * length)


def test_an_accented_letter_is_one_character_however_it_is_sent():
    with pytest.raises(ValidationError, match="too short"):
        Length().validate("e\u0301" * 14)


def test_what_is_too_long_is_not_taken_apart():
    assert refusals("a" * 1_000_000) == ["password_too_long"]


# -- plain text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("character", ["\0", "\t", "\n", "\x7f", "\x85", "\ud800"])
def test_a_character_that_cannot_be_typed_is_refused(character):
    with pytest.raises(ValidationError, match="cannot be typed"):
        PlainText().validate(f"marble{character}lantern violin")


def test_a_letter_with_its_accent_apart_is_refused_with_what_to_do():
    with pytest.raises(ValidationError, match="as one character, or leave the accents out"):
        PlainText().validate("cafe\u0301 marble lantern")


# -- known to attackers ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "correcthorsebatterystaple",
        "ILoveYouAnamika",
        "iloveyouanamika1!",
        "Password12345678!",
        "!!!2024 dragon 2024!!!",
        "P4$$w0rd20242024",
        "hello.kitty.1234567",
        "passwordpassword1",
        "password12password12",
        "password 12 password",
        "dragon dragon dragon 99",
        "password1234qwerty",
    ],
)
def test_a_listed_password_is_refused_with_its_trivial_variations(password):
    with pytest.raises(ValidationError, match="lists that attackers try first"):
        Breached().validate(password)


@pytest.mark.parametrize(
    "password",
    [
        "aaaaaaaaaaaaaaaa",
        "aaaabbbbccccddddeeee",
        "Kq7#Zx!!!!!!!!!!!!",
        "abcabcabcabcabc",
        "x7#Q x7#Q x7#Q x7#Q",
        "123456789012345",
        "987654321098765",
        "zyxwvutsrqponmlk",
        "qwertyuiopasdfgh",
        "QWERTYuiopASDFGH",
        "1qaz2wsx3edc4rfv",
        "1q2w3e4r5t6y7u8i",
        "qwerty123456!@#$",
        "abcd1234efgh5678",
    ],
)
def test_a_repeat_or_a_sequence_is_refused(password):
    with pytest.raises(ValidationError, match="a repeat or a sequence"):
        Breached().validate(password)


def test_the_shipped_list_is_sorted_and_holds_hundreds_of_thousands():
    data = SHIPPED.read_bytes()
    digests = [data[start : start + DIGEST_BYTES] for start in range(0, len(data), DIGEST_BYTES)]

    assert len(data) % DIGEST_BYTES == 0
    assert len(digests) > 390_000
    assert digests == sorted(set(digests))


def test_the_first_and_the_last_of_a_list_are_found_and_what_lies_beyond_is_not(tmp_path):
    listed = sorted((f"marble{number}" for number in range(20)), key=digest)
    (tmp_path / "list.txt").write_text("\n".join(listed[1:-1]))
    main([str(tmp_path / "list.bin"), "--common", str(tmp_path / "list.txt")])

    assert [is_listed(word, path=tmp_path / "list.bin") for word in listed] == [False] + [True] * 18 + [False]


# -- one's own words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "Jane Smythe 2026!",
        "OConnor-Smythe-99",
        "smythe42smythe42!",
        "borogas.example.1",
        "Borogas!Borogas!7",
        "xoserve data enquiry",
        "Xos3rve 2026 2026",
        "gasgasgas1234567",
        "MPRN 7312345606 !!",
        "call 07700 900123",
        "J4neSmythe2026!!",
    ],
)
def test_a_password_made_of_ones_own_words_is_refused(password):
    with pytest.raises(ValidationError, match="words about you, your organisation or this service"):
        OwnWords().validate(password, JANE)


def test_without_a_person_only_the_words_of_the_service_are_known():
    OwnWords().validate("Jane Smythe 2026!")

    with pytest.raises(ValidationError, match="this service"):
        OwnWords().validate("data enquiry service")


@pytest.mark.parametrize("password", ["7312345606 7312345606", "+44 (0)7700-900123"])
def test_a_bare_number_is_refused(password):
    with pytest.raises(ValidationError, match="only a number"):
        OwnWords().validate(password)


def test_the_names_and_short_codes_of_the_persons_organisations_count(shipper, django_assert_num_queries):
    name = Organisation.objects.get(memberships__user=shipper).name

    for password in (f"{name} 2026 2026 2026", "bgf-bgf-bgf-2026!"):
        with django_assert_num_queries(2), pytest.raises(ValidationError, match="your organisation"):
            OwnWords().validate(password, shipper)


def test_the_cast_may_keep_its_password(shipper, support, outsider):
    assert [refusals(PASSWORD, person) for person in (shipper, support, outsider)] == [[], [], []]


# -- what people read --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("validator", VALIDATORS)
def test_every_rule_is_told_before_it_is_broken(validator):
    assert validator.get_help_text().endswith(".")


# -- the recipe of the list --------------------------------------------------------------------------------------------


def make(tmp_path, *arguments):
    output = tmp_path / "made.bin"
    main([str(output), *map(str, arguments)])
    return output.read_bytes()


@pytest.fixture
def lists(tmp_path):
    common, breached = tmp_path / "common.txt", tmp_path / "breached.txt"
    common.write_text("Marble\nlantern\nabc\n\n", encoding="utf-8")
    breached.write_bytes(b"Tundra Saddle Violin\r\nlantern\r\nsaddle\r\n")
    return common, breached


def test_the_same_lists_give_the_same_file(tmp_path, lists):
    common, breached = lists

    made = make(tmp_path, "--common", common, breached)

    assert make(tmp_path, "--common", breached, common) == made
    assert make(tmp_path, "--common", common, breached, common) == made


def test_only_lines_that_may_matter_count(tmp_path, lists):
    common, breached = lists

    make(tmp_path, "--common", common, "--breached", breached)

    words = ["marble", "lantern", "tundra saddle violin", "saddle", "abc", "Marble", ""]
    listed = [is_listed(word, path=tmp_path / "made.bin") for word in words]
    assert listed == [True, True, True, False, False, False, False]


def test_published_hashes_can_be_added(tmp_path):
    (tmp_path / "hashes.txt").write_text(
        hashlib.sha1(b"Tundra Saddle Violin", usedforsecurity=False).hexdigest().upper() + ":37\n"
    )

    make(tmp_path, "--hashes", tmp_path / "hashes.txt")

    with pytest.raises(ValidationError, match="attackers try first"):
        Breached(path=str(tmp_path / "made.bin")).validate("Tundra Saddle Violin")


def test_a_line_that_is_no_hash_is_named(tmp_path):
    (tmp_path / "hashes.txt").write_text("0" * 40 + "\nmarble\n")

    with pytest.raises(NotAHash, match="line 2"):
        make(tmp_path, "--hashes", tmp_path / "hashes.txt")


def test_lists_without_a_password_make_no_file(tmp_path, capsys):
    (tmp_path / "made.bin").write_bytes(b"as it was")

    with pytest.raises(SystemExit):
        make(tmp_path)

    assert "no list has a password" in capsys.readouterr().err
    assert (tmp_path / "made.bin").read_bytes() == b"as it was"
