"""Everything that differs between one deployment and another comes from the environment; the rest is decided here.

A missing or wrong value stops the start with a sentence that says how to put it right. Each variable is described in
`docs/operations.md`.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent


def variable(name: str, default: str | None = None) -> str:
    """The environment variable's value, or the default; neither is a refusal to start."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"Set the environment variable {name}: docs/operations.md says what it holds.")
    return value


def switch(name: str, default: bool = False) -> bool:
    value = variable(name, "1" if default else "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} must be 0 or 1, and is {value!r}.")
    return value == "1"


def number(name: str, default: int) -> int:
    value = variable(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, and is {value!r}.")
    return int(value)


# The demo and the tests run over plain HTTP with their own servers; nothing else may.
DEMO = switch("DEMO")
TEST = switch("TEST")
LOCAL = DEMO or TEST
DES_DIR = Path(variable("DES_DIR", str(BASE_DIR / ".var")))

DEBUG = False
SECRET_KEY = variable("SECRET_KEY", "only for tests and for commands that sign nothing" if TEST else None)
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters.")
ALLOWED_HOSTS = variable("ALLOWED_HOSTS", "localhost,127.0.0.1,testserver" if TEST else None).split(",")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the hosts: '*' would make every redirect safe.")
PUBLIC_BASE_URL = variable("PUBLIC_BASE_URL", "http://localhost:8000" if TEST else None).rstrip("/")
TLS = PUBLIC_BASE_URL.startswith("https://")
if not (TLS or LOCAL):
    raise ImproperlyConfigured("PUBLIC_BASE_URL must start with https://: only the demo may go without.")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "des.screens.apps.StaticFilesConfig",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_tables2",
    "accounts",
    "des.database",
    "des.audit",
    "des.parties",
    "des.addresses",
    "des.meterpoints",
    "des.exports",
    "des.sample",
    "des.demo",
    "des.screens",
]

MIDDLEWARE = [
    "des.middleware.RequestLog",
    "des.middleware.BrowserLimits",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "des.urls"
WSGI_APPLICATION = "des.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "des.screens.context.page",
            ],
        },
    },
    {
        "NAME": "jinja2",
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": True, "trim_blocks": True, "lstrip_blocks": True},
    },
]
FORM_RENDERER = "des.screens.forms.ComponentRenderer"


# -- database and broker -----------------------------------------------------------------------------------------------


def database(url: str) -> dict[str, Any]:
    """Django's description of the database that a `postgresql://` URL names (`?host=` names a socket directory)."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("A database URL reads postgresql://user:password@host:port/name.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


# The owner migrates and loads. Web and worker are the application, which owns nothing.
DATABASE_ROLE = variable("DATABASE_ROLE", "application")
if DATABASE_ROLE not in {"application", "owner"}:
    raise ImproperlyConfigured(f"DATABASE_ROLE must be application or owner, and is {DATABASE_ROLE!r}.")
DATABASE_URL = os.environ.get("DATABASE_URL", "")
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", "")
if not DATABASE_URL:
    from des.servers import postgres

    DATABASE_URL, DATABASE_OWNER_URL = postgres.ensure(DES_DIR)
if DATABASE_ROLE == "owner" and not DATABASE_OWNER_URL:
    raise ImproperlyConfigured("Set DATABASE_OWNER_URL: this command needs the database role that owns the tables.")

DATABASES = {"default": database(DATABASE_URL if DATABASE_ROLE == "application" else DATABASE_OWNER_URL)}
# The group role to which rights are granted; the application's own role is a member of it.
DATABASE_APPLICATION_GROUP = "des_application"
if DATABASE_ROLE == "application":
    DATABASES["default"]["OPTIONS"] |= {
        "pool": {"min_size": 1, "max_size": max(3, number("DATABASE_POOL", 4)), "timeout": 10},
        # No enquiry may hold a connection for long: see docs/security-flow.md.
        "options": "-c statement_timeout=5s -c lock_timeout=2s -c idle_in_transaction_session_timeout=30s",
    }

CELERY_BROKER_URL = os.environ.get("CELERY_BROKER_URL", "")
if not CELERY_BROKER_URL:
    from des.servers import valkey

    CELERY_BROKER_URL = valkey.ensure(DES_DIR)
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE = {
    "write waiting exports": {"task": "des.exports.tasks.write_waiting", "schedule": 10},
    "expire exports": {"task": "des.exports.tasks.expire", "schedule": 600},
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,  # longer than any task, else a long one runs twice
    "unacked_restore_interval": 1,  # with the defaults a killed worker's task came back after 100 s
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}

# Sign-in limits live here, so they must survive a restart and hold for all workers together.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        # A full cache forgets, and a limit forgotten is a limit lifted.
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# -- people ------------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
SILENCED_SYSTEM_CHECKS = [
    # The e-mail is unique among accounts that are not deleted, by a constraint; deleting frees it.
    "auth.W004",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are invited; nobody signs up
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm"}
ACCOUNT_RATE_LIMITS = {"login": "1000/5m", "login_failed": "30/15m/ip,5/15m/key"}
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", 0)

SESSION_COOKIE_AGE = 12 * 3600  # seconds; the absolute limit
SESSION_EXPIRE_AT_BROWSER_CLOSE = True


# -- browser security --------------------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
CSRF_TRUSTED_ORIGINS = [PUBLIC_BASE_URL]
CSRF_FAILURE_VIEW = "des.screens.errors.csrf_failure"
SECURE_HSTS_SECONDS = 0 if LOCAL else number("HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_CONTENT_TYPE_NOSNIFF = True
# Nothing to others. With `no-referrer` a browser sends `Origin: null` with our own forms, and they are refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
if switch("BEHIND_TLS_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = not LOCAL
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
X_FRAME_OPTIONS = "DENY"
if not LOCAL and SECURE_HSTS_SECONDS < 31_536_000:
    raise ImproperlyConfigured("HSTS_SECONDS must be at least 31536000 (a year).")
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200


# -- files, mail, logs -------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = Path(variable("STATIC_ROOT", str(DES_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# Tests serve what lies in the tree; everything else what `collectstatic` gathered.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = TEST
EXPORT_DIR = Path(variable("EXPORT_DIR", str(DES_DIR / "exports")))

MAIL_DIR = variable("MAIL_DIR", str(DES_DIR / "mail"))
DEFAULT_FROM_EMAIL = variable("MAIL_FROM", "Data Enquiry Service <no-reply@localhost>")
MAILERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.mail.backends.filebased.EmailBackend", "OPTIONS": {"file_path": MAIL_DIR}}
    if LOCAL
    else {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": variable("MAIL_HOST", "localhost"),
            "port": number("MAIL_PORT", 465),
            "username": variable("MAIL_USER", ""),
            "password": variable("MAIL_PASSWORD", ""),
            # Implicit TLS: a failed STARTTLS could send in clear.
            "use_ssl": True,
        },
    }
}

LOG_FILE = variable("LOG_FILE", "")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "des.logs.JSONLines"}},
    "handlers": {
        "out": {"class": "logging.handlers.WatchedFileHandler", "filename": LOG_FILE, "formatter": "json"}
        if LOG_FILE
        else {"class": "logging.StreamHandler", "formatter": "json"},
    },
    "root": {"handlers": ["out"], "level": "INFO"},
    "loggers": {
        # Its messages carry the path; ours name the route.
        "django.request": {"level": "CRITICAL"},
        "django.security.csrf": {"level": "CRITICAL"},
        "django.server": {"level": "CRITICAL"},
    },
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

# -- figures of the enquiries ------------------------------------------------------------------------------------------

ACCESS_MATRIX = Path(variable("ACCESS_MATRIX", str(BASE_DIR / "accounts" / "access_matrix.csv")))
ROWS_PER_PAGE = 50
COUNT_LIMIT = 1_000
EXPORT_ROWS = number("EXPORT_ROWS", 1_000_000)
EXPORT_DAYS = number("EXPORT_DAYS", 7)
