"""Exports as a person asks for them, with a bell that nobody hears until the test does."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from des.exports import jobs, tasks
from des.exports.models import Export


@pytest.fixture
def bell(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The jobs that the worker was rung for."""
    rung: list[str] = []
    monkeypatch.setattr(tasks.write, "delay", lambda *, export_id: rung.append(export_id))
    return rung


@pytest.fixture
def signed_in(client: Client, shipper: Any) -> Client:
    client.force_login(shipper)
    return client


@pytest.fixture
def asked(signed_in: Client, bell: list[str], keys: dict[str, str]) -> Export:
    """What the shipper asked for by the button above a list of results."""
    signed_in.post("/exports/", {"enquiry": "meter-points", "postcode": keys["postcode"]})
    return Export.objects.get()


@pytest.fixture
def write() -> Callable[[Export], Export]:
    """Do what the worker does."""

    def written(export: Export) -> Export:
        jobs.write_export(export_id=export.pk, now=timezone.now())
        export.refresh_from_db()
        return export

    return written


@pytest.fixture
def done(asked: Export, write: Callable[[Export], Export]) -> Export:
    return write(asked)
