"""The trade's identifiers: how each is written, checked and put into the form in which the register keeps it.

Pure functions without Django. Every `parse_...` takes what somebody typed and returns the stored form, or
raises `ValueError` with a message that may be shown as it is. They read ASCII only: a digit of another script
would look right on the screen and find nothing.
"""

import re

# No identifier comes near this, spaces included. Anything longer is refused before it is looked at.
LONGEST = 40

MPRN_MESSAGE = "A meter point reference number (MPRN) has 6 to 10 digits."
POSTCODE_MESSAGE = "A postcode looks like LS1 4AP."
PARTIAL_POSTCODE_MESSAGE = "The start of a postcode looks like LS1 or LS1 4."
UPRN_MESSAGE = "A unique property reference number (UPRN) has 1 to 12 digits."
MSN_MESSAGE = "A meter serial number has 1 to 14 letters, digits, hyphens, full stops or slashes."
SHORT_CODE_MESSAGE = "A short code has 3 letters or digits, like OCT."

# The shapes AN, ANN, AAN, ANA, AANN and AANA, with the letters that Royal Mail uses in each place.
_OUTCODE = (
    r"[A-PR-UWYZ]"
    r"(?:[0-9]{1,2}|[A-HK-Y][0-9]|[A-HK-Y][0-9][0-9A-Z]|[0-9][A-HJKPS-UW])"
)
_UNIT_LETTER = r"[ABD-HJLNP-UW-Z]"

_MPRN = re.compile(r"[0-9]{6,10}")
_UPRN = re.compile(r"[0-9]{1,12}")
_MSN = re.compile(r"[A-Z0-9][A-Z0-9./-]{0,13}")
_SHORT_CODE = re.compile(r"[A-Z0-9]{3}")
_POSTCODE = re.compile(rf"(GIR|{_OUTCODE})([0-9]{_UNIT_LETTER}{{2}}|[0-9]VV|1OT)")
_WHOLE_OUTCODE = re.compile(_OUTCODE)
_SECTOR = re.compile(rf"({_OUTCODE})([0-9]{_UNIT_LETTER}?)")
_DUMMY_POSTCODE = re.compile(r"AA[0-9].*|.* [0-9]VV|.* 1OT")
_DIGITS = re.compile(r"[0-9]+")
_FLOOR = re.compile(r"\b(?:(BASEMENT|GROUND|FIRST|SECOND|THIRD|FOURTH|TOP)(?= FL)|([BGT]F)(?=[0-9]))")
# Where a floor stands among the others; "!" sorts before every digit. Edinburgh writes GF1, 1F1, 2F1, TF1.
_FLOORS = {
    "BASEMENT": "!",
    "BF": "!F",
    "GROUND": "0",
    "GF": "0F",
    "FIRST": "1",
    "SECOND": "2",
    "THIRD": "3",
    "FOURTH": "4",
    "TOP": "99",
    "TF": "99F",
}
_PUNCTUATION = re.compile(r"[,;\s]+")


def _compact(text: str, message: str) -> str:
    """Return the text in capitals without its spaces, or refuse what no identifier can be."""
    if len(text) > LONGEST:
        raise ValueError(message)
    compact = "".join(text.split())
    if not compact.isascii():
        raise ValueError(message)
    return compact.upper()


def mprn_check_digits(body: str) -> str:
    """Return the two check digits of an MPRN whose other digits are `body`.

    Each digit is weighed by its place counted from the end; the sum modulo 11 is written with two digits
    (source: the public description of the Meter Point Reference Number, which 12 of 12 published numbers
    obey).
    """
    size = len(body)
    total = sum(int(digit) * (size - place) for place, digit in enumerate(body))
    return f"{total % 11:02d}"


def is_valid_mprn(mprn: str | int) -> bool:
    """Say whether an MPRN has 6 to 10 digits and ends in its own check digits.

    Leading zeros change nothing, so a number and its text agree.
    """
    digits = str(mprn)
    if isinstance(mprn, int) and 0 < mprn < 10**10:
        digits = digits.zfill(6)
    if not _MPRN.fullmatch(digits) or not digits.strip("0"):
        return False
    return mprn_check_digits(digits[:-2]) == digits[-2:]


def parse_mprn(text: str) -> int:
    """Return the MPRN that was typed: 6 to 10 digits, spaces allowed.

    Check digits are not insisted upon, since the register holds numbers that fail them. Published lengths
    differ (6 to 10, 6 to 11, 3 to 11 digits); the register's field holds ten.
    """
    compact = _compact(text, MPRN_MESSAGE)
    if not _MPRN.fullmatch(compact) or not compact.strip("0"):
        raise ValueError(MPRN_MESSAGE)
    return int(compact)


def parse_postcode(text: str) -> str:
    """Return a full postcode in capitals with one space before its last three characters.

    The dummy postcodes of the gas industry are accepted, since the register holds them: a sector with `VV`
    (`BD2 1VV`), an outcode with `1OT` (`BD2 1OT`) and the area `AA`.
    """
    match = _POSTCODE.fullmatch(_compact(text, POSTCODE_MESSAGE))
    if match is None:
        raise ValueError(POSTCODE_MESSAGE)
    return f"{match[1]} {match[2]}"


def parse_partial_postcode(text: str) -> str:
    """Return the start of a postcode: an outcode (`LS1`), a sector (`LS1 4`), or a letter more (`LS1 4A`).

    Without a space the longest outcode is meant: `LS14` is the outcode LS14, `LS1 4` the sector.
    """
    compact = _compact(text, PARTIAL_POSTCODE_MESSAGE)
    words = text.upper().split()
    if len(words) == 1 and _WHOLE_OUTCODE.fullmatch(compact):
        return compact
    sector = _SECTOR.fullmatch(compact)
    if sector and len(words) == 2 and words[0] != sector[1]:
        sector = None
    if sector is None or len(words) > 2:
        raise ValueError(PARTIAL_POSTCODE_MESSAGE)
    return f"{sector[1]} {sector[2]}"


def postcode_prefix(partial: str) -> str:
    """Return the text with which every postcode below a partial one starts: `LS1` must not find LS14."""
    return partial if " " in partial else f"{partial} "


def outcode(postcode: str) -> str:
    """Return the outward part of a stored postcode, the part before its space."""
    return postcode.partition(" ")[0]


def is_dummy_postcode(postcode: str) -> bool:
    """Say whether a stored postcode is one of the industry's dummies, which no letter could ever reach."""
    return _DUMMY_POSTCODE.fullmatch(postcode) is not None


def parse_uprn(text: str) -> int:
    """Return a UPRN: up to 12 digits, without check digits (source: the national address gazetteers)."""
    compact = _compact(text, UPRN_MESSAGE)
    if not _UPRN.fullmatch(compact) or not compact.strip("0"):
        raise ValueError(UPRN_MESSAGE)
    return int(compact)


def parse_msn(text: str) -> str:
    """Return a meter serial number in capitals without spaces (UK Link's T14 field)."""
    compact = _compact(text, MSN_MESSAGE)
    if not _MSN.fullmatch(compact):
        raise ValueError(MSN_MESSAGE)
    return compact


def parse_short_code(text: str) -> str:
    """Return the three-character short code of a market participant in capitals (UK Link's T3 fields)."""
    compact = _compact(text, SHORT_CODE_MESSAGE)
    if not _SHORT_CODE.fullmatch(compact):
        raise ValueError(SHORT_CODE_MESSAGE)
    return compact


def natural_key(text: str) -> str:
    """Return a key that sorts, byte by byte, as people count: `FLAT 2` before `FLAT 10`, `2/1` before `2/10`.

    Every number is written with its count of digits before it, so a longer number sorts after a shorter one.
    Floors by name go by their height. Commas and runs of spaces count as one space.
    """
    words = _PUNCTUATION.sub(" ", text.upper()).strip()
    return _DIGITS.sub(_counted, _FLOOR.sub(lambda match: _FLOORS[match[0]], words))


def _counted(match: re.Match[str]) -> str:
    digits = match[0].lstrip("0") or "0"
    # 9 stands for "nine or more": then the count itself follows, two digits wide.
    size = len(digits)
    return f"{size}{digits}" if size < 9 else f"9{min(size, 99):02d}{digits}"


def address_order(*, house_no: str, house_name: str, part: str) -> str:
    """Return the key that sorts the addresses of one postcode: by number, name, then flat or other part."""
    return natural_key(f"{house_no} {house_name} {part}")[:60]
