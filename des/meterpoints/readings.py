"""What a text typed into the search box can mean: an MPRN, a postcode, a meter serial number, a UPRN, an address."""

import re

from des.addresses.words import plain_words
from des.enquiries.enquiry import Reading
from des.identifiers import is_valid_mprn, parse_msn, parse_partial_postcode, parse_postcode

# A postcode standing by itself among other words, with or without its space.
POSTCODE_IN_TEXT = re.compile(r"(?<![^\s,])([A-Z]{1,2}[0-9][A-Z0-9]?)\s*([0-9][A-Z]{2})(?![^\s,])")
LONGEST_NUMBER = 14
FEWEST_LETTERS = 3
FEWEST_OF_A_SERIAL = 4
# Written in parts ("E6S 0214 5812"), it is told from an address by its digits.
FEWEST_DIGITS_IN_PARTS = 6
PART_OF_A_POSTCODE = "Start of a postcode"
# Words of a part of a building: an address has them, a place does not.
PREMISES_WORDS = frozenset({"APARTMENT", "FLAT", "FLOOR", "PLOT", "ROOM", "STUDIO", "SUITE", "UNIT"})


def readings(text: str) -> list[Reading]:
    """The readings of a tidy text, most likely first; none where nothing in the register could be meant."""
    text = text.upper()
    compact = text.replace(" ", "")
    if compact.isascii() and compact.isdecimal():
        return number_readings(compact)
    postcode = postcode_reading(text)
    if postcode and postcode.kind != PART_OF_A_POSTCODE:
        return [postcode]
    if postcode:
        return [reading for reading in (postcode, serial_reading(text)) if reading]
    return [reading for reading in (serial_reading(text), address_reading(text)) if reading]


def number_readings(digits: str) -> list[Reading]:
    """Everything a bare number could be: eight digits are an MPRN, a serial number and a UPRN."""
    found = []
    if 6 <= len(digits) <= 10 and digits.strip("0"):
        warning = "" if is_valid_mprn(digits) else wrong_check_digits(digits)
        found.append(Reading("MPRN", {"mprn": digits}, warning))
    if 4 <= len(digits) <= LONGEST_NUMBER:
        found.append(Reading("Meter serial number", {"msn": digits}))
    if len(digits) <= 12 and digits.strip("0"):
        found.append(Reading("UPRN", {"uprn": digits}))
    return found


def wrong_check_digits(digits: str) -> str:
    return (
        f"The check digits of MPRN {digits} do not agree with the rest of it. "
        "It was searched for all the same: compare it with the bill or the meter."
    )


def postcode_reading(text: str) -> Reading | None:
    """A postcode, whole or its start, with what else was typed as the house."""
    for match in reversed(list(POSTCODE_IN_TEXT.finditer(text))):
        try:
            postcode = parse_postcode(match[0])
        except ValueError:
            continue
        house = " ".join((text[: match.start()] + " " + text[match.end() :]).replace(",", " ").split())
        if house:
            return Reading("Postcode and house", {"postcode": postcode, "house": house}, wider={"postcode": postcode})
        return Reading("Postcode", {"postcode": postcode})
    try:
        return Reading(PART_OF_A_POSTCODE, {"postcode": parse_partial_postcode(text)})
    except ValueError:
        return None


def serial_reading(text: str) -> Reading | None:
    """A meter serial number, whole or its start: one word with a digit in it, which no word of an address has."""
    if len(text) < FEWEST_OF_A_SERIAL or not any(character.isdecimal() for character in text):
        return None
    if " " in text and sum(character.isdecimal() for character in text) < FEWEST_DIGITS_IN_PARTS:
        return None
    try:
        return Reading("Meter serial number", {"msn": parse_msn(text)})
    except ValueError:
        return None


def address_reading(text: str) -> Reading | None:
    """Words of an address, if they have enough letters of a place to look for."""
    names, numbers = names_and_numbers(text)
    if len("".join(names)) < FEWEST_LETTERS:
        return None
    return Reading("Address", {"address": text}, wider={"address": " ".join(names)} if numbers else None)


def names_and_numbers(address: str) -> tuple[list[str], list[str]]:
    """The words that name a place, and those of a house or flat in it, which places do not have: 12, 2/1, FLAT."""
    names: list[str] = []
    numbers: list[str] = []
    for word in re.findall(r"[^\W_]+(?:/[^\W_]+)*", address.upper()):
        if word in PREMISES_WORDS or (any(character.isdecimal() for character in word) and not is_outcode(word)):
            numbers.append(word)
        else:
            names += plain_words(word)
    return names, numbers


def is_outcode(word: str) -> bool:
    try:
        return parse_partial_postcode(word) == word
    except ValueError:
        return False
