"""Everything that differs between one deployment and another comes from the environment; the rest is decided here.

A missing or wrong value stops the start with a sentence that says how to put it right. Each variable is described in
`docs/operations.md`.
"""

import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from des.environment import database, limits, number, switch, variable

BASE_DIR = Path(__file__).resolve().parent.parent


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
    "django.contrib.messages",
    "des.screens.apps.StaticFilesConfig",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_otp",  # the one authority on second factors; the devices are those of accounts/models/factors.py
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
    "accounts.middleware.SignInMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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
                "django.contrib.messages.context_processors.messages",
                "accounts.context.account",
                "des.screens.context.page",
            ],
        },
    },
    {
        # Mail is plain text: what escapes for HTML would spoil it.
        "NAME": "mail",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"autoescape": False},
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
    "send mail": {"task": "accounts.tasks.send_mail", "schedule": 5},
    "forget what has served its time": {"task": "accounts.tasks.forget", "schedule": 3600},
    "end access requests": {"task": "accounts.tasks.end_requests", "schedule": 3600},
    # Daily by what they do, hourly so that no restart at the wrong moment skips a day: a second run changes nothing.
    "see who is dormant": {"task": "accounts.tasks.see_who_is_dormant", "schedule": 3600},
    "see to yearly confirmations": {"task": "accounts.tasks.see_to_certifications", "schedule": 3600},
}
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT,  # longer than any task, else a long one runs twice
    "unacked_restore_interval": 1,  # with the defaults a killed worker's task came back after 100 s
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
}

# Nothing may rest on it: limits, sessions and one-time codes have tables of their own.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
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
    {"NAME": "accounts.passwords.Length"},
    {"NAME": "accounts.passwords.PlainText"},
    {"NAME": "accounts.passwords.Breached"},
    {"NAME": "accounts.passwords.OwnWords"},
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
ACCOUNT_RATE_LIMITS = False  # ours are counted in PostgreSQL: see LIMITS
ACCOUNT_LOGIN_TIMEOUT = 900  # seconds from the password to the second factor
TRUSTED_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT = number("TRUSTED_PROXIES", 0)

# How often a thing may be tried: so many times in so many seconds (docs/security-flow.md says what each counts).
LIMITS: dict[str, tuple[int, int]] = {
    "sign-in by account and network": (5, 900),
    "sign-in by account": (20, 900),
    "sign-in by account and known device": (5, 900),
    "sign-in by network": (30, 900),
    "sign-in by anybody": (1000, 300),
    "mail about a pause": (1, 900),
    "factor, short": (5, 300),
    "factor, hour": (20, 3600),
    "factor, day": (50, 86_400),
    "factor by network": (100, 3600),
    "reset, hour": (2, 3600),
    "reset, day": (5, 86_400),
    "reset by network": (50, 3600),
    "reset code by account": (10, 3600),
    "reset code by network": (50, 3600),
    "mail before enrolment": (5, 3600),
    "access request by address": (5, 86_400),
    "access request by network": (20, 3600),
    "private link by network": (100, 3600),
    "invitation again": (1, 60),
    "unlock": (5, 86_400),
}


LIMITS |= limits("LIMITS", LIMITS)

# Seal the seeds of authenticator apps; the first seals, the others still open what they sealed.
FACTOR_KEYS = variable("FACTOR_KEYS", "only for tests and for commands that open nothing" if TEST else None).split(",")
if any(len(key) < 32 for key in FACTOR_KEYS):
    raise ImproperlyConfigured("FACTOR_KEYS must have at least 32 characters each, with commas between.")
PROOF_MINUTES = number("PROOF_MINUTES", 5)  # how long a proof counts before what asks for a fresh one
RESET_MINUTES = number("RESET_MINUTES", 30)  # a link to a new password
CODE_MINUTES = number("CODE_MINUTES", 10)  # a code by mail or by telephone
INVITATION_DAYS = number("INVITATION_DAYS", 7)
MAIL_DAYS = number("MAIL_DAYS", 30)  # what was sent is forgotten
EXPORT_PROOF_ROWS = number("EXPORT_PROOF_ROWS", 10_000)  # an export of more rows asks for a fresh proof

# The cookie is dropped sooner by `accounts.operations.sessions`, which knows how privileged its person is.
SESSION_HOURS, SESSION_IDLE_MINUTES = number("SESSION_HOURS", 12), number("SESSION_IDLE_MINUTES", 30)
PRIVILEGED_SESSION_HOURS = number("PRIVILEGED_SESSION_HOURS", 8)
PRIVILEGED_IDLE_MINUTES = number("PRIVILEGED_IDLE_MINUTES", 15)
SESSION_COOKIE_AGE = SESSION_HOURS * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# For test environments: signing in stands for accepting the terms, and the sign-in page says so.
TERMS_BY_NOTICE = switch("TERMS_BY_NOTICE")

# When people who do not sign in are warned, and when their memberships are disabled.
DORMANT_WARNING_DAYS, DORMANT_DAYS = number("DORMANT_WARNING_DAYS", 60), number("DORMANT_DAYS", 90)
CERTIFICATION_DAYS = number("CERTIFICATION_DAYS", 365)  # between two rounds
CERTIFICATION_DUE_DAYS = number("CERTIFICATION_DUE_DAYS", 30)  # to finish one
REQUEST_TARGET_DAYS = number("REQUEST_TARGET_DAYS", 3)  # working days to a decision
REQUEST_CONFIRM_HOURS = number("REQUEST_CONFIRM_HOURS", 48)  # to confirm the address
REQUEST_EXPIRY_DAYS = number("REQUEST_EXPIRY_DAYS", 30)  # without a decision or an answer
SUPPORT_MINUTES = number("SUPPORT_MINUTES", 60)  # the longest support session


# -- browser security --------------------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
# By it a browser is known again: for mail about a new one, and so that others cannot lock its owner out.
DEVICE_COOKIE_NAME = "__Host-device" if TLS else "device"
DEVICE_COOKIE_AGE = 400 * 24 * 3600  # seconds; the longest that browsers keep a cookie
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
UPLOAD_BYTES: int = 10 * 1024 * 1024  # of all files of a request together
FILE_UPLOAD_HANDLERS = [
    "accounts.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


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
ATTACHMENT_DIR = Path(variable("ATTACHMENT_DIR", str(DES_DIR / "attachments")))  # of access requests

MAIL_DIR = variable("MAIL_DIR", str(DES_DIR / "mail"))
DEFAULT_FROM_EMAIL = variable("MAIL_FROM", "Data Enquiry Service <no-reply@localhost>")
# Whom people ask when nobody of their own organisation can help: every page names them.
SUPPORT_EMAIL = variable("SUPPORT_EMAIL", "support@demo.example" if LOCAL else None)
SUPPORT_TELEPHONE = variable("SUPPORT_TELEPHONE", "0113 496 0000" if LOCAL else None)
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
