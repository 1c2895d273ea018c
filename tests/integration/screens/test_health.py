"""For whoever watches the service."""

import pytest
from django.db import OperationalError, connection
from psycopg_pool import PoolTimeout


def test_the_process_lives_without_asking_anything(client):
    assert client.get("/health/live").json() == {"live": True}


def test_it_is_ready_when_the_database_answers(client, db):
    response = client.get("/health/ready")

    assert (response.status_code, response.json()) == (200, {"ready": True, "database": True})


@pytest.mark.parametrize("error", [OperationalError, PoolTimeout])
def test_it_is_not_ready_when_the_database_does_not(client, db, monkeypatch, error):
    def gone():
        raise error("secret address of the server")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(connection, "cursor", gone)
        response = client.get("/health/ready")

    assert (response.status_code, response.json()) == (503, {"ready": False, "database": False})
