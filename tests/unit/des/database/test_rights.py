"""The application's database role owns nothing: what it may not do, PostgreSQL refuses."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction

from des.database.rights import RIGHTS, grant_rights
from tests.conftest import owning

REGISTER = [
    "meterpoints_meterpoint",
    "meterpoints_meter",
    "meterpoints_registration",
    "meterpoints_latestread",
    "addresses_place",
    "addresses_reladdress",
    "parties_code",
    "parties_registerstate",
]


def refused(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.parametrize("table", REGISTER)
def test_the_register_is_read_and_never_written(db, table):
    connection.cursor().execute(f"TABLE {table} LIMIT 1")

    refused(f"TRUNCATE {table}")
    refused(f"LOCK {table} IN EXCLUSIVE MODE")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE meterpoints_meterpoint SET shipper = 'BGF'",
        "DELETE FROM meterpoints_meterpoint",
        "INSERT INTO meterpoints_latestread (mprn) VALUES (1)",
        "INSERT INTO addresses_place DEFAULT VALUES",
        "UPDATE parties_registerstate SET points = 0",
    ],
)
def test_no_part_of_the_register_is_changed(db, statement):
    refused(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO accounts_securityevent (event, at) VALUES ('account:sign-in:success', '2020-01-01')",
        "INSERT INTO accounts_securityevent (event, id) VALUES ('account:sign-in:success', 1)",
        "UPDATE accounts_securityevent SET detail = ''",
        "DELETE FROM accounts_securityevent",
        "UPDATE accounts_supportsession SET reason = 'Another'",
        "UPDATE accounts_supportsession SET opened_at = now(), closes_at = now()",
        "DELETE FROM accounts_supportsession",
    ],
)
def test_what_happened_is_neither_dated_back_nor_changed(db, statement):
    refused(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION hstore",
        "SELECT * FROM pg_authid",
        "SELECT pg_read_file('/etc/passwd')",
        "COPY accounts_user TO PROGRAM 'cat'",
        "SELECT * FROM django_migrations",
    ],
)
def test_nothing_is_made_and_nothing_outside_is_reached(db, statement):
    refused(statement)


def test_every_app_with_tables_has_its_rights_declared():
    with_tables = {app.label for app in apps.get_app_configs() if any(app.get_models())}

    assert with_tables == set(RIGHTS)


def test_rights_that_were_given_by_hand_are_taken_away_again(db):
    with owning():
        connection.cursor().execute("GRANT DELETE ON audit_enquiryevent TO des_application")
        grant_rights(connection)

    refused("DELETE FROM audit_enquiryevent")


def test_migrate_gives_the_rights(db):
    with owning():
        connection.cursor().execute("REVOKE ALL ON accounts_user FROM des_application")
        call_command("migrate", verbosity=0)

    connection.cursor().execute("SELECT count(*) FROM accounts_user")


@pytest.mark.parametrize("options", [{"plan": True}, {"check_unapplied": True}, {"app_label": "audit"}])
def test_migrate_that_only_looks_gives_nothing(db, options, capsys):
    with owning():
        connection.cursor().execute("REVOKE ALL ON accounts_user FROM des_application")
        call_command("migrate", verbosity=0, **options)

    refused("SELECT count(*) FROM accounts_user")
