"""The start: a wrong or missing value stops it, with a sentence that says how to put it right."""

import os
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from des.servers import postgres, valkey

SETTINGS = Path(__file__).resolve().parents[3] / "des" / "settings.py"
PRODUCTION = {
    "SECRET_KEY": "k" * 50,
    "FACTOR_KEYS": "f" * 40,
    "SUPPORT_EMAIL": "support@operator.example",
    "SUPPORT_TELEPHONE": "0113 496 0000",
    "ALLOWED_HOSTS": "des.example,www.des.example",
    "PUBLIC_BASE_URL": "https://des.example/",
    "DATABASE_URL": "postgresql://des_app:p%40ss@db.example:5433/des",
    "DATABASE_OWNER_URL": "postgresql://des_owner:secret@db.example:5433/des",
    "CELERY_BROKER_URL": "redis://broker.example/0",
}


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Read the settings in an environment of nothing but what is given, production's unless changed."""

    def read(**changes: str | None) -> dict[str, Any]:
        environment = PRODUCTION | changes
        monkeypatch.setattr(os, "environ", {name: value for name, value in environment.items() if value is not None})
        return runpy.run_path(str(SETTINGS))

    return read


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SECRET_KEY": None}, "Set the environment variable SECRET_KEY: docs/operations.md says what it holds."),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 32 characters."),
        ({"FACTOR_KEYS": None}, "Set the environment variable FACTOR_KEYS"),
        ({"FACTOR_KEYS": "short"}, "FACTOR_KEYS must have at least 32 characters each"),
        ({"FACTOR_KEYS": "f" * 40 + ",short"}, "FACTOR_KEYS must have at least 32 characters each"),
        ({"LIMITS": "no such limit=5/900"}, "LIMITS reads name=tries/seconds"),
        ({"LIMITS": "sign-in by account=5"}, "LIMITS reads name=tries/seconds"),
        ({"LIMITS": "sign-in by account=0/900"}, "LIMITS reads name=tries/seconds"),
        ({"TERMS_BY_NOTICE": "yes"}, "TERMS_BY_NOTICE must be 0 or 1"),
        ({"ALLOWED_HOSTS": None}, "Set the environment variable ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "des.example,*"}, "ALLOWED_HOSTS must name the hosts"),
        ({"PUBLIC_BASE_URL": None}, "Set the environment variable PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://des.example"}, "PUBLIC_BASE_URL must start with https://"),
        ({"DEMO": "yes"}, "DEMO must be 0 or 1, and is 'yes'."),
        ({"TEST": ""}, "TEST must be 0 or 1, and is ''."),
        ({"BEHIND_TLS_PROXY": "true"}, "BEHIND_TLS_PROXY must be 0 or 1, and is 'true'."),
        ({"HSTS_SECONDS": "3600"}, "HSTS_SECONDS must be at least 31536000"),
        ({"HSTS_SECONDS": "-1"}, "HSTS_SECONDS must be a whole number, and is '-1'."),
        ({"EXPORT_ROWS": "many"}, "EXPORT_ROWS must be a whole number, and is 'many'."),
        ({"DATABASE_ROLE": "superuser"}, "DATABASE_ROLE must be application or owner, and is 'superuser'."),
        ({"DATABASE_ROLE": "owner", "DATABASE_OWNER_URL": None}, "Set DATABASE_OWNER_URL"),
        ({"DATABASE_URL": "mysql://des@db.example/des"}, "A database URL reads postgresql://"),
        ({"DATABASE_URL": "postgresql://des@db.example"}, "A database URL reads postgresql://"),
    ],
)
def test_a_wrong_value_refuses_to_start(start, changes, message):
    with pytest.raises(ImproperlyConfigured) as refusal:
        start(**changes)

    assert str(refusal.value).startswith(message)


def test_an_unknown_number_of_another_script_is_no_number(start):
    with pytest.raises(ImproperlyConfigured, match="EXPORT_DAYS must be a whole number"):
        start(EXPORT_DAYS="²")


def test_production_sends_cookies_over_tls_only(start):
    settings = start()

    assert (settings["SESSION_COOKIE_NAME"], settings["CSRF_COOKIE_NAME"]) == ("__Host-session", "__Host-csrf")
    for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "SECURE_SSL_REDIRECT"):
        assert settings[name] is True
    assert settings["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert settings["PUBLIC_BASE_URL"] == "https://des.example"
    assert settings["DEBUG"] is False
    assert "SECURE_PROXY_SSL_HEADER" not in settings


def test_the_proxy_is_believed_only_where_there_is_one(start):
    settings = start(BEHIND_TLS_PROXY="1")

    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_production_mails_over_tls(start):
    mailer = start(MAIL_HOST="mail.example")["MAILERS"]["default"]

    assert mailer["OPTIONS"]["host"] == "mail.example"
    assert mailer["OPTIONS"]["use_ssl"] is True


def test_the_web_and_the_worker_are_the_application(start):
    database = start()["DATABASES"]["default"]

    assert (database["USER"], database["PASSWORD"]) == ("des_app", "p@ss")
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", "5433", "des")
    assert "statement_timeout=5s" in database["OPTIONS"]["options"]
    assert database["OPTIONS"]["pool"]["max_size"] == 4


def test_migrations_are_the_owner_and_have_all_the_time_they_need(start):
    database = start(DATABASE_ROLE="owner")["DATABASES"]["default"]

    assert database["USER"] == "des_owner"
    assert database["OPTIONS"] == {}


def test_a_url_may_name_a_socket_directory_and_options(start):
    database = start(DATABASE_URL="postgres://des_app@/des?host=/run/postgres&sslmode=disable")["DATABASES"]["default"]

    assert (database["HOST"], database["PORT"], database["PASSWORD"]) == ("/run/postgres", "", "")
    assert database["OPTIONS"]["sslmode"] == "disable"


def test_without_a_server_named_the_service_starts_its_own(start, monkeypatch, tmp_path):
    urls = postgres.Urls("postgresql://app@/des?host=/run/x", "postgresql://owner@/des?host=/run/x")
    monkeypatch.setattr(postgres, "ensure", lambda directory: urls)
    monkeypatch.setattr(valkey, "ensure", lambda directory: f"redis+socket://{directory}/valkey.sock")

    settings = start(DATABASE_URL=None, CELERY_BROKER_URL=None, DES_DIR=str(tmp_path))

    assert settings["DATABASES"]["default"]["USER"] == "app"
    assert settings["CELERY_BROKER_URL"] == f"redis+socket://{tmp_path}/valkey.sock"


def test_the_demo_may_do_without_tls_and_mails_to_files(start, tmp_path):
    settings = start(DEMO="1", PUBLIC_BASE_URL="http://localhost:8000", MAIL_DIR=str(tmp_path))

    assert (settings["SESSION_COOKIE_NAME"], settings["SESSION_COOKIE_SECURE"]) == ("session", False)
    assert settings["SECURE_HSTS_SECONDS"] == 0
    assert settings["MAILERS"]["default"]["OPTIONS"] == {"file_path": str(tmp_path)}


def test_the_log_goes_to_a_file_where_one_is_named(start, tmp_path):
    assert start()["LOGGING"]["handlers"]["out"]["class"] == "logging.StreamHandler"
    named = start(LOG_FILE=str(tmp_path / "log"))["LOGGING"]["handlers"]["out"]
    assert named["filename"] == str(tmp_path / "log")


def test_no_task_outlives_the_time_after_which_it_is_handed_out_again(start):
    settings = start()

    assert settings["CELERY_BROKER_TRANSPORT_OPTIONS"]["visibility_timeout"] > settings["CELERY_TASK_TIME_LIMIT"]


def test_limits_can_be_chosen_one_by_one(start):
    settings = start(LIMITS="sign-in by account=10/60; reset, hour=3/3600;")

    assert settings["LIMITS"]["sign-in by account"] == (10, 60)
    assert settings["LIMITS"]["reset, hour"] == (3, 3600)
    assert settings["LIMITS"]["sign-in by network"] == (30, 900)
