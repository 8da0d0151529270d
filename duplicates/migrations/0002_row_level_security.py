from django.db import migrations

from aixin.access.row_security import in_range, protect


def keys(table: str, *columns: str) -> migrations.RunSQL:
    """Return the operation that lets the database remove a row together with a child that it names."""
    return migrations.RunSQL(
        "; ".join(
            f"ALTER TABLE {table} ADD CONSTRAINT {table}_{column} FOREIGN KEY ({column})"
            " REFERENCES children_child (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED"
            for column in columns
        ),
        "; ".join(f"ALTER TABLE {table} DROP CONSTRAINT {table}_{column}" for column in columns),
    )


class Migration(migrations.Migration):
    dependencies = [("duplicates", "0001_initial"), ("children", "0004_merged_children")]

    operations = [
        keys("duplicates_duplicate", "first_id", "second_id"),
        protect("duplicates_duplicate", staff_all=in_range()),
    ]
