"""The words of an address: how they are cut out of a text, and the ways in which each is written."""

import re

# Each row is one word of the trade with its short forms; ST is both a street and a saint.
WRITTEN_AS = (
    ("AVENUE", "AVE", "AV"),
    ("CLOSE", "CL"),
    ("COTTAGE", "COTT"),
    ("COURT", "CT"),
    ("CRESCENT", "CRES"),
    ("DRIVE", "DR"),
    ("GARDENS", "GDNS"),
    ("GROVE", "GR"),
    ("HOUSE", "HSE"),
    ("LANE", "LN"),
    ("MOUNT", "MT"),
    ("PLACE", "PL"),
    ("ROAD", "RD"),
    ("SAINT", "ST"),
    ("SQUARE", "SQ"),
    ("STREET", "ST"),
    ("TERRACE", "TERR", "TER"),
)
ALTERNATIVES: dict[str, tuple[str, ...]] = {
    word: tuple(dict.fromkeys([word, *(other for row in WRITTEN_AS if word in row for other in row)]))
    for row in WRITTEN_AS
    for word in row
}
# More words than this are no street's name.
LONGEST_NAME = 5


def plain_words(text: str) -> list[str]:
    """The letters-and-digits words of a text, in capitals: what a search for words is made of."""
    return re.findall(r"[^\W_]+", text.upper())


def alternatives(word: str) -> tuple[str, ...]:
    """The ways in which a word is written: ROAD and RD find each other."""
    return ALTERNATIVES.get(word, (word,))


def street_names(words: list[str]) -> list[str]:
    """The names of streets that some words could hold: two to five in a row, the last in each way it is written."""
    names = []
    for start in range(len(words)):
        for end in range(start + 2, min(len(words), start + LONGEST_NAME) + 1):
            *first, last = words[start:end]
            names += [" ".join([*first, way]) for way in alternatives(last)]
    return names
