"""A county that nothing was written in since its last run is passed over: triggers note what its duties follow from."""

import django.core.validators
import pgtrigger.compiler
import pgtrigger.migrations
import django.db.models.deletion
from django.db import migrations, models

from aixin.access.row_security import in_range, protect

# Table, where the county of a changed row is found, and on which writes. A visit reaches nobody until its children
# are stored; a child's or pairing's former county has lost the duties with it.
WATCHED = [
    ("children_child", "region", ("INSERT", "UPDATE")),
    ("pairing_pairing", "region", ("INSERT", "UPDATE", "DELETE")),
    ("pairing_pairingstep", "pairing", ("INSERT", "UPDATE", "DELETE")),
    ("visits_visit", "visit", ("UPDATE",)),
    ("visits_visitedchild", "child", ("INSERT", "UPDATE", "DELETE")),
    ("visits_visit_volunteers", "visitor", ("INSERT", "UPDATE", "DELETE")),
    ("care_enrolment", "child", ("INSERT", "UPDATE", "DELETE")),
    ("access_post", "region", ("INSERT", "UPDATE", "DELETE")),
]
# Owned by the owner: a volunteer does not see every child of a visit that she corrects, and must note its county.
FUNCTION = """
CREATE FUNCTION aixin_touch_county() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF TG_ARGV[0] = 'region' THEN
        INSERT INTO care_countytouch (region_code)
        SELECT DISTINCT left(x.region_code, 6) FROM changed x WHERE length(x.region_code) >= 6;
    ELSIF TG_ARGV[0] = 'child' THEN
        INSERT INTO care_countytouch (region_code)
        SELECT DISTINCT left(c.region_code, 6) FROM changed x JOIN children_child c ON c.id = x.child_id;
    ELSIF TG_ARGV[0] = 'pairing' THEN
        INSERT INTO care_countytouch (region_code)
        SELECT DISTINCT left(p.region_code, 6) FROM changed x JOIN pairing_pairing p ON p.id = x.pairing_id;
    ELSIF TG_ARGV[0] = 'visit' THEN
        INSERT INTO care_countytouch (region_code)
        SELECT DISTINCT left(c.region_code, 6) FROM changed x
        JOIN visits_visitedchild l ON l.visit_id = x.id JOIN children_child c ON c.id = l.child_id;
    ELSE
        INSERT INTO care_countytouch (region_code)
        SELECT DISTINCT left(c.region_code, 6) FROM changed x
        JOIN visits_visitedchild l ON l.visit_id = x.visit_id JOIN children_child c ON c.id = l.child_id;
    END IF;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION aixin_touch_county() FROM PUBLIC;
"""


def _triggers() -> list[migrations.RunSQL]:
    return [
        migrations.RunSQL(
            f"CREATE TRIGGER care_touch_{event.lower()} AFTER {event} ON {table}"
            f" REFERENCING {'OLD' if event == 'DELETE' else 'NEW'} TABLE AS changed"
            f" FOR EACH STATEMENT EXECUTE FUNCTION aixin_touch_county('{found_by}')",
            f"DROP TRIGGER care_touch_{event.lower()} ON {table}",
        )
        for table, found_by, events in WATCHED
        for event in events
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_duties_apart"),
        ("care", "0002_care_programmes"),
        ("pairing", "0007_proposal_by_hand"),
        ("visits", "0007_situations"),
    ]

    operations = [
        migrations.CreateModel(
            name="CountyRun",
            fields=[
                (
                    "region",
                    models.OneToOneField(
                        db_column="region_code",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="access.region",
                        verbose_name="县",
                    ),
                ),
                ("mark", models.CharField(max_length=64, verbose_name="依据")),
                ("told", models.CharField(default="", max_length=64, verbose_name="提醒依据")),
            ],
            options={"verbose_name": "安排更新", "verbose_name_plural": "安排更新"},
        ),
        migrations.CreateModel(
            name="CountyTouch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "region_code",
                    models.CharField(db_collation="C", db_index=True, max_length=12, verbose_name="县"),
                ),
            ],
            options={"verbose_name": "有变动的县", "verbose_name_plural": "有变动的县"},
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION aixin_touch_county()"),
        *_triggers(),
        protect("care_countyrun", staff_all=in_range()),
        protect("care_countytouch", staff_all=in_range()),
        pgtrigger.migrations.RemoveTrigger(
            model_name="carepolicy",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="carepolicy",
            name="update_update",
        ),
        migrations.AddField(
            model_name="carepolicy",
            name="callback_day",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(28),
                ],
                verbose_name="每月几号前回访完",
            ),
        ),
        migrations.AddField(
            model_name="carepolicy",
            name="callbacks",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(200),
                ],
                verbose_name="每县每月回访多少名监护人",
            ),
        ),
        migrations.AddField(
            model_name="carepolicyevent",
            name="callback_day",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(28),
                ],
                verbose_name="每月几号前回访完",
            ),
        ),
        migrations.AddField(
            model_name="carepolicyevent",
            name="callbacks",
            field=models.PositiveSmallIntegerField(
                blank=True,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(0),
                    django.core.validators.MaxValueValidator(200),
                ],
                verbose_name="每县每月回访多少名监护人",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="carepolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "care_carepolicyevent" ("birthday", "call_days", "callback_day", "callbacks", "chair_days", "change_hours", "county_days", "festivals", "fresh_days", "home_days", "id", "meeting_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "remind_days", "school", "township_days", "updated_at", "updated_by_id", "window_days") VALUES (NEW."birthday", NEW."call_days", NEW."callback_day", NEW."callbacks", NEW."chair_days", NEW."change_hours", NEW."county_days", NEW."festivals", NEW."fresh_days", NEW."home_days", NEW."id", NEW."meeting_days", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_code", NEW."remind_days", NEW."school", NEW."township_days", NEW."updated_at", NEW."updated_by_id", NEW."window_days"); RETURN NULL;',
                    hash="16c2825da1c06843caf6e3ee20ba3c80a5337138",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_9ee26",
                    table="care_carepolicy",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="carepolicy",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "care_carepolicyevent" ("birthday", "call_days", "callback_day", "callbacks", "chair_days", "change_hours", "county_days", "festivals", "fresh_days", "home_days", "id", "meeting_days", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "remind_days", "school", "township_days", "updated_at", "updated_by_id", "window_days") VALUES (NEW."birthday", NEW."call_days", NEW."callback_day", NEW."callbacks", NEW."chair_days", NEW."change_hours", NEW."county_days", NEW."festivals", NEW."fresh_days", NEW."home_days", NEW."id", NEW."meeting_days", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_code", NEW."remind_days", NEW."school", NEW."township_days", NEW."updated_at", NEW."updated_by_id", NEW."window_days"); RETURN NULL;',
                    hash="f67bca8882f4fb6e14c80aadb6c711d2211cce16",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_3b6d2",
                    table="care_carepolicy",
                    when="AFTER",
                ),
            ),
        ),
    ]
