"""What the application's database role may do with each table."""

from django.conf import settings
from django.db import connection

from tests.contracts import snapshots

RIGHTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
# Those that may be granted on some columns of a table only.
BY_COLUMN = ("SELECT", "INSERT", "UPDATE", "REFERENCES")


def test_what_the_application_may_do(db) -> None:
    group = settings.DATABASE_APPLICATION_GROUP
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [table for (table,) in cursor.fetchall()]
        rows = []
        for table in tables:
            cursor.execute(
                "SELECT kind FROM unnest(%s::text[]) WITH ORDINALITY AS kinds (kind, place)"
                " WHERE has_table_privilege(%s, %s, kind) ORDER BY place",
                [list(RIGHTS), group, f"public.{table}"],
            )
            whole = [kind for (kind,) in cursor.fetchall()]
            cursor.execute(
                "SELECT kind, string_agg(attname, ' ' ORDER BY attname)"
                " FROM pg_attribute, unnest(%s::text[]) WITH ORDINALITY AS kinds (kind, place)"
                " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
                " AND has_column_privilege(%s, attrelid, attnum, kind) GROUP BY kind, place ORDER BY place",
                [[kind for kind in BY_COLUMN if kind not in whole], f"public.{table}", group],
            )
            parts = [f"{kind} ({columns})" for kind, columns in cursor.fetchall()]
            rows.append((table, ", ".join([*whole, *parts]) or "-"))
        cursor.execute("SELECT has_schema_privilege(%s, 'public', 'CREATE')", [group])
        rows.append(("(make tables)", "yes" if cursor.fetchone()[0] else "-"))
        cursor.execute("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) IN (%s, 'des_app')", [group])
        rows.append(("(tables owned)", str(cursor.fetchone()[0])))

    snapshots.check("database_rights.txt", snapshots.columns(rows))
