"""Builders of row-level security for migrations (DESIGN section 3.2)."""

from django.db import migrations


def setting(name: str) -> str:
    """Return SQL for a scope setting, read once for a query."""
    return f"(SELECT coalesce(current_setting('aixin.{name}', true), ''))"


def in_range(column: str = "region_code", prefix: str = "") -> str:
    """Return SQL for "the region lies in the staff's range": one B-tree range."""
    return f"({column} >= {setting(prefix + 'lo')} AND {column} < {setting(prefix + 'hi')})"


MY_CHILDREN = "(SELECT aixin_my_children())::bigint[]"
MY_VOLUNTEER = "(SELECT aixin_my_volunteer())"
HAS_SCOPE = f"({setting('lo')} <> '' OR {setting('user_id')} <> '')"


def protect(table: str, **policies: str | tuple[str, str]) -> migrations.RunSQL:
    """Return the operation that closes a table but for these policies.

    A keyword is `<who>_<command>` with command one of all, select, insert, update; its value the condition on
    rows read and written, or a pair of them.
    """
    statements = [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"]
    backward = []
    for name, condition in policies.items():
        command = name.rsplit("_", 1)[1].upper()
        statements.append(f"CREATE POLICY {name} ON {table} FOR {command} {_clauses(command, condition)}")
        backward.append(f"DROP POLICY {name} ON {table}")
    backward.append(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    return migrations.RunSQL(";\n".join(statements), ";\n".join(backward))


def _clauses(command: str, condition: str | tuple[str, str]) -> str:
    using, check = condition if isinstance(condition, tuple) else (condition, condition)
    if command == "SELECT":
        return f"USING ({using})"
    if command == "INSERT":
        return f"WITH CHECK ({check})"
    return f"USING ({using}) WITH CHECK ({check})"


def protect_history(table: str, tracked: str) -> migrations.RunSQL:
    """Return the operation for a history table: it follows the tracked row, wherever that is now."""
    follows = f"pgh_obj_id IN (SELECT id FROM {tracked})"  # noqa: S608 - names of tables, from migrations
    return protect(table, follows_select=follows, scope_insert=HAS_SCOPE)
