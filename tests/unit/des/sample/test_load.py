"""How the rows of a sample register reach the database."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from des.sample.load import send
from des.sample.rows import Chunk


class Copy:
    def __init__(self, sent: list[tuple[str, str]], statement: str) -> None:
        self.sent, self.statement = sent, statement

    def write(self, lines: str) -> None:
        if "broken" in lines:
            raise OSError("the server has gone")
        self.sent.append((self.statement, lines))


class Cursor:
    """Takes what is copied instead of a database."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    @contextmanager
    def copy(self, statement: str) -> Iterator[Copy]:
        yield Copy(self.sent, statement)


def chunk(*lines: str) -> Chunk:
    made = Chunk()
    made.points = len(lines)
    made.lines["addresses_place"].extend(lines)
    return made


def test_chunks_are_copied_in_order_and_told() -> None:
    cursor, told = Cursor(), list[str]()
    send([chunk("a", "b"), chunk("c"), chunk()], cursor=cursor, points=3, progress=told.append)
    statement = "COPY addresses_place (postcode, street, town, points, words) FROM STDIN"
    assert cursor.sent == [(statement, "a\nb\n"), (statement, "c\n")]
    assert told == ["2 of 3 meter points", "3 of 3 meter points", "3 of 3 meter points"]


def test_nothing_is_sent_of_an_empty_register() -> None:
    cursor = Cursor()
    send([], cursor=cursor, points=0, progress=print)
    assert cursor.sent == []


@pytest.mark.parametrize("after", [0, 1])
def test_a_failure_of_the_server_stops_the_load(after: int) -> None:
    with pytest.raises(OSError, match="the server has gone"):
        send([chunk("broken"), *[chunk("a")] * after], cursor=Cursor(), points=1, progress=print)
