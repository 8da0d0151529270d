from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

# On which day an office excused something is not known: it goes on being counted nowhere. What lapsed did so on the
# first day on which the nightly run closes it.
KNOWN_DAYS = """
UPDATE care_duty SET closed_on = CASE state WHEN 'EXCUSED' THEN due_on ELSE due_on + 31 END
WHERE state IN ('EXCUSED', 'LAPSED')
"""


class Migration(migrations.Migration):
    """The days on which a duty was excused, lapsed or moved, so that figures of days before it stay as they were."""

    dependencies: list[Any] = [("care", "0003_runs_calls_touches")]

    operations = [
        migrations.AddField(
            model_name="duty",
            name="closed_on",
            field=models.DateField(null=True, verbose_name="免办或作废日期"),
        ),
        migrations.AddField(
            model_name="duty",
            name="missed",
            field=ArrayField(models.DateField(), default=None, null=True, verbose_name="错过的日期"),
        ),
        migrations.RunSQL(KNOWN_DAYS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["OPEN", "DONE"]), ("closed_on__isnull", False), _connector="OR"
                ),
                name="closed_duty_has_day",
            ),
        ),
    ]
