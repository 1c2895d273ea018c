"""What a new password must be: long, plain text, unknown to attackers, and not made of the person's own words.

There are no rules of composition and no expiry: they make passwords worse. Each class is a validator for
AUTH_PASSWORD_VALIDATORS. All of them run on whatever is typed, so none may assume that another has refused it.
"""

import hashlib
import mmap
import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import category, combining, is_normalized, normalize

from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    from accounts.models import User

SHORTEST, LONGEST = 15, 128
# What is left of a password without its repeats, sequences or own words must be as long as this.
LEAST_REST = 8
ADVICE = "Three or four unrelated words make a good password."


class Length:
    """15 to 128 characters."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        length = len(normalize("NFC", password))
        if length < SHORTEST:
            raise ValidationError(
                f"This password is too short. Use at least {SHORTEST} characters. {ADVICE}", code="password_too_short"
            )
        if length > LONGEST:
            raise ValidationError(
                f"This password is too long. Use at most {LONGEST} characters.", code="password_too_long"
            )

    def get_help_text(self) -> str:
        return f"Use {SHORTEST} to {LONGEST} characters. {ADVICE}"


class PlainText:
    """Only characters that every keyboard sends alike, so that the person can type the password again."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        # Cs: half of a pair of UTF-16, which no hasher can encode.
        if any(category(character) in {"Cc", "Cs"} for character in password):
            raise ValidationError(
                "This password has a character that cannot be typed, such as a tab or a line break. "
                "Type the password yourself instead of pasting it.",
                code="password_not_typed",
            )
        if not is_normalized("NFC", password):
            raise ValidationError(
                "This password has a letter and its accent as two characters. "
                "Type each accented letter as one character, or leave the accents out.",
                code="password_not_normal",
            )

    def get_help_text(self) -> str:
        return "Letters, numbers, spaces and symbols are all allowed. None is required."


# -- known to attackers ------------------------------------------------------------------------------------------------

SHIPPED = Path(__file__).parent / "data" / "breached.bin"
DIGEST_BYTES = 5
SHORTEST_LISTED = 4
LOOKALIKES = str.maketrans("013457@$!", "oleastasi")
LINES = [
    "0123456789" * 13,  # as many as fill the longest password
    "abcdefghijklmnopqrstuvwxyz" * 5,
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()_+",
    '!"£$%^&*()_+',
]
RUNS = "\n".join(LINES + [line[::-1] for line in LINES])
SHORTEST_RUN = 4


class Breached:
    """Not on the list of passwords that are common or known from a breach, and neither a repeat nor a sequence."""

    def __init__(self, path: str | Path = SHIPPED) -> None:
        self.path = Path(path)

    def validate(self, password: str, user: "User | None" = None) -> None:
        if len(password) > LONGEST:
            return  # Length refuses it; to take it apart would cost the server.
        if is_monotonous(password):
            raise ValidationError(
                "This password is a repeat or a sequence, which is easy to guess. "
                "Use three or four unrelated words instead.",
                code="password_monotonous",
            )
        if any(is_listed(tried, path=self.path) for tried in reductions(password)):
            raise ValidationError(
                "This password, or one much like it, is on lists that attackers try first. "
                "Use three or four unrelated words instead.",
                code="password_breached",
            )

    def get_help_text(self) -> str:
        return "Do not use a common password, a repeat or a sequence, even with numbers added."


def is_monotonous(text: str) -> bool:
    """Whether all but a few characters are repeats, or runs of keys, letters or numbers."""
    folded = text.casefold()
    return len(set(folded)) < 6 or min(len(unit(folded)), len(without_runs(folded))) < LEAST_REST


def reductions(password: str) -> set[str]:
    """The password, and what is left of it without capitals, padding, separators, look-alikes, runs and repeats."""
    found = {password, password.casefold()}
    for reduced in (trimmed, squeezed, without_runs, without_lookalikes, unit, trimmed, squeezed):
        found |= {reduced(text) for text in found}
    return found


def squeezed(text: str) -> str:
    """Without separators, if little is left then: longer words set apart are a passphrase, not a word in disguise."""
    letters = "".join(filter(str.isalnum, text))
    return letters if len(letters) < SHORTEST else text


def trimmed(text: str) -> str:
    """Without digits, spaces and punctuation at either end."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


def without_lookalikes(text: str) -> str:
    """With letters where digits or signs stand for them: password for p4$$w0rd."""
    return text.translate(LOOKALIKES)


def unit(text: str) -> str:
    """What the text repeats; the last time may be cut short. The text itself if it repeats nothing."""
    lengths = range(1, len(text) * 2 // 3 + 1)
    return next((text[:length] for length in lengths if text.startswith(text[length:])), text)


def without_runs(text: str) -> str:
    """Without one character many times over, and neighbours on the keyboard, in the alphabet or in counting."""
    text = re.sub(rf"(.)\1{{{SHORTEST_RUN - 1},}}", "", text)
    rest, start = "", 0
    while start < len(text):
        end = start + 1
        while end < len(text) and text[start : end + 1] in RUNS:
            end += 1
        if end - start < SHORTEST_RUN:
            end = start + 1
            rest += text[start]
        start = end
    return rest


def digest(text: str) -> bytes:
    """How a password stands in the list: the start of the SHA-1 that published lists of breached passwords use."""
    return hashlib.sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).digest()[:DIGEST_BYTES]


@cache
def listed(path: Path) -> mmap.mmap:
    """The sorted digests, shared by all processes of the machine."""
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def is_listed(text: str, *, path: Path = SHIPPED) -> bool:
    if len(text) < SHORTEST_LISTED:
        return False
    digests, wanted = listed(path), digest(text)

    def at(position: int) -> bytes:
        return digests[position * DIGEST_BYTES : (position + 1) * DIGEST_BYTES]

    return at(bisect_left(range(len(digests) // DIGEST_BYTES), wanted, key=at)) == wanted


# -- one's own words ---------------------------------------------------------------------------------------------------

OUR_WORDS = frozenset(
    {
        "correla",
        "data",
        "email",
        "enquiry",
        "enquiries",
        "gas",
        "login",
        "meter",
        "mprn",
        "password",
        "passphrase",
        "point",
        "portal",
        "register",
        "service",
        "shipper",
        "supplier",
        "transporter",
        "uklink",
        "xoserve",
    }
)
SHORTEST_WORD, SHORTEST_TELLING_WORD = 3, 4
TELEPHONE_DIGITS = 9  # without the prefix, which may be written 0 or +44


class OwnWords:
    """Not made of the words of the person, of their organisations or of this service; nor a bare number."""

    def validate(self, password: str, user: "User | None" = None) -> None:
        if len(password) > LONGEST:
            return  # Length refuses it; to take it apart would cost the server.
        if re.fullmatch(r"[\d\s.,/()+-]+", password):
            raise ValidationError(
                "This password is only a number. Use three or four unrelated words instead.",
                code="password_is_a_number",
            )
        words = OUR_WORDS | (own_words(user) if user else set())
        plain = alphanumeric(password)
        if any(is_made_of(words, text=text) for text in (plain, without_lookalikes(plain))):
            raise ValidationError(
                "This password is made of words about you, your organisation or this service. "
                "Use three or four unrelated words instead.",
                code="password_of_own_words",
            )

    def get_help_text(self) -> str:
        return "Do not use your name, your email address, your organisation or the name of this service."


def is_made_of(words: Iterable[str], *, text: str) -> bool:
    """Whether little but these words is in the text. Short words tell only where they are most of it."""
    telling = without_words((word for word in words if len(word) >= SHORTEST_TELLING_WORD), text=text)
    if telling != text and letters_in(telling) < LEAST_REST:
        return True
    rest = letters_in(without_words(words, text=text))
    return rest < LEAST_REST and rest * 2 < letters_in(text)


def without_words(words: Iterable[str], *, text: str) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), "", text)


def letters_in(text: str) -> int:
    return sum(map(str.isalpha, text))


def own_words(user: "User") -> set[str]:
    """The words of the person's name, address, telephone and organisations."""
    texts = [user.name, *user.email.split("@"), *organisation_words(user)]
    words = {word for text in texts for word in words_of(text)}
    return words | {alphanumeric(user.telephone)[-TELEPHONE_DIGITS:]} - {""}


def organisation_words(user: "User") -> list[str]:
    """The names and short codes of the organisations for which the person acts."""
    if user._state.adding:
        return []
    memberships = user.memberships.select_related("organisation").prefetch_related("organisation__participants")
    organisations = {membership.organisation for membership in memberships}
    return [organisation.name for organisation in organisations] + [
        participant.short_code for organisation in organisations for participant in organisation.participants.all()
    ]


def words_of(text: str) -> set[str]:
    """The words in the text, and all of it written as one."""
    words = {alphanumeric(word) for word in re.findall(r"[^\W\d_]+", text)}
    return {word for word in words | {alphanumeric(text)} if len(word) >= SHORTEST_WORD}


def alphanumeric(text: str) -> str:
    """Small letters without accents, and digits."""
    apart = normalize("NFKD", text).casefold()
    return "".join(character for character in apart if character.isalnum() and not combining(character))
