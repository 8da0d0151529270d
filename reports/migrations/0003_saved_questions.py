import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from aixin.access.row_security import protect, setting

# `head` is * for tasks that serve everywhere, and for nobody who logs in.
OWN = f"(owner_id::text = {setting('self_id')} OR {setting('head')} = '*')"
# An office writes what it shares; it reads also what the offices above it share.
OF_OFFICE = f"(is_shared AND region_code = {setting('lo')})"
FROM_ABOVE = f"(is_shared AND {setting('lo')} <> '' AND starts_with({setting('lo')}, region_code))"


class Migration(migrations.Migration):
    """Questions that staff keep for themselves or for their office."""

    dependencies = [
        ("access", "0001_initial"),
        ("reports", "0002_tallies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="名称")),
                ("subject", models.CharField(max_length=20, verbose_name="查询内容")),
                ("query", models.CharField(max_length=2000, verbose_name="条件")),
                ("is_shared", models.BooleanField(default=False, verbose_name="本地区共用")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="保存时间"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="保存人",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_column="region_code",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.region",
                        verbose_name="地区",
                    ),
                ),
            ],
            options={
                "verbose_name": "查询",
                "verbose_name_plural": "查询",
                "ordering": ["name", "id"],
                "indexes": [models.Index(fields=["region", "is_shared"], name="question_region_shared")],
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "region", "name"), name="one_question_a_name")
                ],
            },
        ),
        protect(
            "reports_savedquestion",
            own_all=OWN,
            office_all=OF_OFFICE,
            above_select=FROM_ABOVE,
        ),
    ]
