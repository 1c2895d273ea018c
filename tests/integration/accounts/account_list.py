"""Lists of accounts as an old system might give them: drawn at random from a seed, with every kind of bad line."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

HEADER = "email,name,telephone,short_code,market_role,portal_roles,started_on,ended_on\n"
PLACES = [("BGF", "shipper"), ("BGF", "supplier"), ("OCT", "shipper"), ("NGN", "gt"), ("WWU", "gt")]
ROLES = ["user", "exporter", "user;exporter", "lso", "User; Exporter", "Local Security Officer"]
NAMES = ["Ann Other", "Siân Ó Briain", "Jürgen D'Arcy-Müller", "Nguyễn Văn An", '"Doe, Jo"', "משה כהן"]


@dataclass(frozen=True)
class Drawn:
    """One line of a list, and what must become of it: the result, and a word of the reason where it is bad."""

    raw: bytes
    result: str
    why: str = ""


def line(email: str, *, name: str = "Ann Other", telephone: str = "", place: tuple[str, str] = PLACES[0],
         roles: str = "user", starts: str = "", ends: str = "") -> bytes:  # fmt: skip
    return f"{email},{name},{telephone},{place[0]},{place[1]},{roles},{starts},{ends}\n".encode()


def bad(raw: bytes, why: str) -> list[Drawn]:
    return [Drawn(raw, "bad", why)]


def twice(email: str) -> list[Drawn]:
    return [Drawn(line(email), "made"), Drawn(line(email.upper()), "bad", "The same as line")]


def contradicting(email: str) -> list[Drawn]:
    both = [line(email, roles="user"), line(email, roles="exporter")]
    return [Drawn(raw, "bad", "differ in roles or dates") for raw in both]


# What spoils a line: each makes one line, or several, of an address of its own.
SPOILT: dict[str, Callable[[str], list[Drawn]]] = {
    "Windows-1252": lambda email: bad(line(email, name="Zoë").replace("ë".encode(), b"\xeb"), "not in UTF-8"),
    "lone surrogate": lambda email: bad(line(email).replace(b"Ann", b"\xed\xa0\x80"), "not in UTF-8"),
    "NUL": lambda email: bad(line(email, name="An\0n"), "control character"),
    "carriage return": lambda email: bad(line(email, name="An\rn"), "carriage return"),
    "bell": lambda email: bad(line(email, name="An\x07n"), "U+0007"),
    "zero width": lambda email: bad(line(email, name="An\u200bn"), "U+200B"),
    "right to left": lambda email: bad(line(email, name="\u202eAnn"), "U+202E"),
    "formula": lambda email: bad(line(email, name="=HYPERLINK(1)"), "a spreadsheet would run"),
    "no name": lambda email: bad(line(email, name=""), "Enter the person’s name"),
    "long name": lambda email: bad(line(email, name="A" * 151), "at most 150"),
    "long telephone": lambda email: bad(line(email, telephone="1" * 31), "at most 30"),
    "words as telephone": lambda email: bad(line(email, telephone="ask at the desk"), "in digits"),
    "far too long": lambda email: bad(line(email, name="A" * 6_000), "more than 5,000 bytes"),
    "malformed address": lambda email: bad(line(email.replace("@", " at ")), "like name@company.co.uk"),
    "no address": lambda _email: bad(line(""), "Enter an e-mail address"),
    "long address": lambda email: bad(line("a" * 250 + email), "at most 254"),
    "unknown code": lambda email: bad(line(email, place=("ZZZ9", "shipper")), "There is no short code"),
    "misshapen code": lambda email: bad(line(email, place=("B-G", "shipper")), "three or four letters"),
    "code of another role": lambda email: bad(line(email, place=("BGF", "gt")), "not here as gt today"),
    "unknown market role": lambda email: bad(line(email, place=("BGF", "trader")), "no market role"),
    "unknown portal role": lambda email: bad(line(email, roles="user;superuser"), "no portal role"),
    "no portal role": lambda email: bad(line(email, roles=";"), "at least one portal role"),
    "operator role": lambda email: bad(line(email, roles="administrator"), "operator’s own people"),
    "no day": lambda email: bad(line(email, starts="31/02/2025"), "is no day"),
    "end before start": lambda email: bad(line(email, starts="2031-01-02", ends="2031-01-01"), "not after started_on"),
    "over": lambda email: bad(line(email, starts="2019-01-01", ends="2020-01-01"), "is over"),
    "too few cells": lambda email: bad(f"{email},Ann,BGF\n".encode(), "has 3 cells, the header 8"),
    "too many cells": lambda email: bad(line(email, name="Other, Ann"), "has 9 cells, the header 8"),
    "open quotation mark": lambda email: bad(line(email, name='"Ann'), "never closed"),
    "stray quotation mark": lambda email: bad(line(email, name='"Ann" O'), "within a cell"),
    "twice": twice,
    "contradicting": contradicting,
}


def drawn(lines: int, *, seed: int, known: list[str], deleted: list[str]) -> Iterator[Drawn]:
    """A list of exactly so many lines. `known` have accounts and no membership at NGN, `deleted` had accounts."""
    random, left = Random(seed), lines
    kinds, known_left, deleted_left = list(SPOILT.values()), list(known), list(deleted)
    number = 0
    while left:
        number += 1
        email = f"person{number}@{random.choice(['example.com', 'example.org'])}"
        chance = random.random()
        if kinds and left > 1:  # each kind once at least
            group = kinds.pop()(email)
        elif known_left:
            group = [Drawn(line(known_left.pop(), place=("NGN", "gt")), "added to an existing account")]
        elif deleted_left:
            group = bad(line(deleted_left.pop()), "--restore-deleted")
        elif chance < 0.15 and left > 1:
            group = random.choice(list(SPOILT.values()))(email)
        elif chance < 0.17:
            group = [Drawn(random.choice([b"\n", b",,,,,,,\n"]), "empty line")]
        else:
            places = random.sample(PLACES, k=min(left, random.choice([1, 1, 1, 2, 3])))
            name, roles = random.choice(NAMES), random.choice(ROLES)
            starts, ends = random.choice(["", "2019-05-01", "1/6/2021"]), random.choice(["", "", "2098-12-31"])
            group = [
                Drawn(line(email, name=name, place=place, roles=roles, starts=starts, ends=ends), result)
                for place, result in zip(places, ["made", *["added to an existing account"] * 2], strict=False)
            ]
        left -= len(group)
        yield from group
