"""What the application's database role may do with each app's tables. It owns nothing; what is not here is denied."""

from django.apps import apps
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

READ = "SELECT"
# A row is written and not read again. What the database itself sets in it (key, moment) is told to whoever writes it.
ADD = "INSERT ({written}), SELECT ({told})"
WRITE = "SELECT, INSERT, UPDATE, DELETE"

RIGHTS: dict[str, str] = {
    # Who looked at what is added to, and neither read nor changed.
    "audit": ADD,
    # The register is changed by loads only, and those are the owner's.
    "parties": READ,
    "addresses": READ,
    "meterpoints": READ,
    "contenttypes": READ,
    "auth": READ,
    "accounts": WRITE,
    "account": WRITE,
    "sessions": WRITE,
    "exports": WRITE,
}


# Evidence: added to and read, never changed. These tables have rights of their own, whatever their app has.
KEPT = "SELECT, INSERT"
OWN_RIGHTS: dict[str, str] = {
    # Key and moment are the database's own to set: no event is dated back.
    "accounts.securityevent": "INSERT ({written}), SELECT",
    # Shown to whom it concerns: what was said on opening it stays.
    "accounts.supportsession": "SELECT, INSERT, UPDATE (ended_at)",
    "accounts.termsdocument": KEPT,
    "accounts.termsacceptance": KEPT,
    "accounts.approval": KEPT,
    "accounts.requestnote": KEPT,
}


def rights_on(model: type[Model]) -> str:
    """The rights on a model's table: its own, or those of its app, with the columns where they are by column."""
    fields, told = model._meta.concrete_fields, model._meta.db_returning_fields
    return OWN_RIGHTS.get(model._meta.label_lower, RIGHTS[model._meta.app_label]).format(
        written=", ".join(f'"{field.column}"' for field in fields if field not in told),
        told=", ".join(f'"{field.column}"' for field in told),
    )


def grant_rights(connection: BaseDatabaseWrapper) -> None:
    """Give the application's group role its rights, and take every other from it. Needs the owner's role."""
    quote = connection.ops.quote_name
    group = quote(settings.DATABASE_APPLICATION_GROUP)
    grants = {
        model._meta.db_table: rights_on(model)
        for app in apps.get_app_configs()
        for model in app.get_models(include_auto_created=True)
    }
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT USAGE ON SCHEMA public TO {group}")
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {group}")
        for table, rights in grants.items():
            cursor.execute(f"GRANT {rights} ON {quote(table)} TO {group}")
        cursor.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {group}")
