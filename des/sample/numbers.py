"""The numbers of the sample register: unique without remembering which have been given.

Each is a bijection from the ordinal of a meter point, so that a register of any size needs no table of what
is taken.
"""

from math import gcd

from des.identifiers import mprn_check_digits

# The bodies of MPRNs (without check digits). Independent transporters have 74 to 77, everybody else the rest.
IGT_FIRST, IGT_LAST = 74_000_000, 77_999_999
IGT_BODIES = IGT_LAST - IGT_FIRST + 1
# From 100,000 up, so that the shortest MPRN has eight digits.
GT_FIRST = 100_000
GT_BODIES = 99_999_999 - GT_FIRST + 1 - IGT_BODIES

# Numbers that local authorities do not give: 9000 and eight digits.
FIRST_UPRN = 900_000_000_000
UPRN_STEP = 4
MOST_POINTS = 10**8 // UPRN_STEP - 1

SERIALS = 10**8


class Scramble:
    """A bijection of the integers below `size`, chosen by a seed: neighbours land far apart."""

    def __init__(self, size: int, *, seed: int) -> None:
        # The golden ratio keeps a sequence evenly spread; a multiplier must share no factor with the size.
        multiplier = int(size * 0.618_033_988) + seed * 2 + 1
        while gcd(multiplier, size) != 1:
            multiplier += 1
        self._multiplier = multiplier % size
        self._shift = seed * 7_919 % size
        self.size = size

    def __call__(self, ordinal: int) -> int:
        return (ordinal * self._multiplier + self._shift) % self.size


class Numbers:
    """Gives every meter point its MPRN, UPRN and meter serials."""

    def __init__(self, *, seed: int) -> None:
        self._gt = Scramble(GT_BODIES, seed=seed)
        self._igt = Scramble(IGT_BODIES, seed=seed)
        self._serial = Scramble(SERIALS, seed=seed)
        self._first_uprn = FIRST_UPRN + seed % UPRN_STEP

    def gt_mprn(self, ordinal: int) -> int:
        body = GT_FIRST + self._gt(ordinal)
        return with_check_digits(body + IGT_BODIES if body >= IGT_FIRST else body)

    def igt_mprn(self, ordinal: int) -> int:
        return with_check_digits(IGT_FIRST + self._igt(ordinal))

    def uprn(self, ordinal: int) -> int:
        return self._first_uprn + ordinal * UPRN_STEP

    def serial(self, ordinal: int) -> str:
        """Return eight digits that no other meter point's meters carry."""
        return f"{self._serial(ordinal):08d}"


def with_check_digits(body: int) -> int:
    return int(f"{body}{mprn_check_digits(str(body))}")
