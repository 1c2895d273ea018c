"""Puts a sample register into the database, in place of whatever register is there."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection, transaction

from des.parties.models import RegisterState
from des.sample.generator import Generator
from des.sample.rows import COLUMNS, Chunk


def load_sample_register(*, points: int, seed: int, progress: Callable[[str], None], as_at: date | None = None) -> None:
    """Generate a register of so many meter points and load it, whole or not at all.

    Needs the role that owns the tables. `as_at` is the day on which it is complete; without it, today.
    """
    complete_on = as_at or datetime.now(UTC).date()
    generator = Generator(points=points, seed=seed, as_at=complete_on)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(COLUMNS)}")
            send(generator.chunks(), cursor=cursor, points=points, progress=progress)
        RegisterState.objects.update_or_create(
            id=1,
            defaults={
                "points": points,
                "seed": seed,
                "as_at": datetime.combine(complete_on, time.min, tzinfo=UTC),
            },
        )
    # Outside the transaction, since a planner that has seen no statistics reads whole tables.
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(COLUMNS)}")


def loaded_sample() -> tuple[int, int] | None:
    """Return the points and the seed of the sample register that is loaded; nothing for real data or none."""
    state = RegisterState.objects.first()
    return None if state is None or state.seed is None else (state.points, state.seed)


def send(chunks: Iterable[Chunk], *, cursor: Any, points: int, progress: Callable[[str], None]) -> None:
    """Copy the chunks into their tables, each while the next is made: server and generator have a core each."""
    loaded = 0
    with ThreadPoolExecutor(max_workers=1) as sender:
        sent: Future[None] | None = None
        for chunk in chunks:
            if sent:
                sent.result()
            sent = sender.submit(_copy, chunk, cursor)
            loaded += chunk.points
            progress(f"{loaded:,} of {points:,} meter points")
        if sent:
            sent.result()


def _copy(chunk: Chunk, cursor: Any) -> None:
    for table, lines in chunk.lines.items():
        if lines:
            with cursor.copy(f"COPY {table} ({', '.join(COLUMNS[table])}) FROM STDIN") as copy:
                copy.write("\n".join([*lines, ""]))
