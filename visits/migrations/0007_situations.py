import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from aixin.access.row_security import MY_CHILDREN, in_range, protect, protect_history

# A child's situation lies where the child lives, however it was moved.
FOLLOWS = """
CREATE FUNCTION situations_follow_child() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE visits_situation SET region_code = NEW.region_code WHERE child_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER situations_follow_child AFTER UPDATE OF region_code ON children_child
FOR EACH ROW WHEN (OLD.region_code IS DISTINCT FROM NEW.region_code)
EXECUTE FUNCTION situations_follow_child();
"""
UNFOLLOW = "DROP TRIGGER situations_follow_child ON children_child; DROP FUNCTION situations_follow_child();"

# What the visits there are already say.
FILL = """
WITH told AS (
    SELECT link.child_id, said.part, said.finding, visit.id, visit.date, visit.seen
    FROM visits_visitedchild link JOIN visits_visit visit ON visit.id = link.visit_id
    CROSS JOIN LATERAL (
        VALUES ('FAMILY', visit.family), ('STUDY', visit.study), ('LIFE', visit.life)
    ) AS said(part, finding)
    WHERE visit.withdrawn_at IS NULL AND said.finding <> ''
), changed AS (
    SELECT DISTINCT ON (child_id, part) child_id, part, date, seen FROM told WHERE finding = 'CHANGED'
    ORDER BY child_id, part, date DESC, id DESC
)
INSERT INTO visits_situation (
    child_id, region_code, part, confirmed_on, source, visit_id, text, changed_on, stated_source, stated_text
)
SELECT DISTINCT ON (told.child_id, told.part) told.child_id, child.region_code, told.part, told.date, 'VISIT', told.id,
    coalesce(changed.seen, ''), changed.date, '', ''
FROM told JOIN children_child child ON child.id = told.child_id
LEFT JOIN changed ON changed.child_id = told.child_id AND changed.part = told.part
ORDER BY told.child_id, told.part, told.date DESC, told.id DESC;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_duties_apart"),
        ("children", "0006_wanted_volunteers"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("visits", "0006_minutes_and_spot_checks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Situation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "part",
                    models.CharField(
                        choices=[("FAMILY", "家庭情况"), ("STUDY", "学习情况"), ("LIFE", "生活问题")],
                        max_length=8,
                        verbose_name="方面",
                    ),
                ),
                ("confirmed_on", models.DateField(verbose_name="最近了解")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("VISIT", "走访"),
                            ("STAFF", "妇联核实"),
                            ("IMPORT", "导入"),
                            ("SURVEY", "摸排"),
                        ],
                        max_length=8,
                        verbose_name="来源",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="现在的情况")),
                ("changed_on", models.DateField(null=True, verbose_name="情况变化")),
                ("stated_on", models.DateField(editable=False, null=True, verbose_name="核实日期")),
                (
                    "stated_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("VISIT", "走访"),
                            ("STAFF", "妇联核实"),
                            ("IMPORT", "导入"),
                            ("SURVEY", "摸排"),
                        ],
                        editable=False,
                        max_length=8,
                        verbose_name="核实来源",
                    ),
                ),
                (
                    "stated_text",
                    models.TextField(blank=True, editable=False, max_length=1000, verbose_name="核实的情况"),
                ),
                ("stated_text_on", models.DateField(editable=False, null=True, verbose_name="核实变化")),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="situations",
                        to="children.child",
                        verbose_name="儿童",
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
                (
                    "visit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="visits.visit",
                        verbose_name="走访",
                    ),
                ),
            ],
            options={
                "verbose_name": "三必清",
                "verbose_name_plural": "三必清",
                "ordering": ["child_id", "id"],
            },
        ),
        migrations.CreateModel(
            name="SituationEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "part",
                    models.CharField(
                        choices=[("FAMILY", "家庭情况"), ("STUDY", "学习情况"), ("LIFE", "生活问题")],
                        max_length=8,
                        verbose_name="方面",
                    ),
                ),
                ("confirmed_on", models.DateField(verbose_name="最近了解")),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("VISIT", "走访"),
                            ("STAFF", "妇联核实"),
                            ("IMPORT", "导入"),
                            ("SURVEY", "摸排"),
                        ],
                        max_length=8,
                        verbose_name="来源",
                    ),
                ),
                ("text", models.TextField(blank=True, max_length=1000, verbose_name="现在的情况")),
                ("changed_on", models.DateField(null=True, verbose_name="情况变化")),
                ("stated_on", models.DateField(editable=False, null=True, verbose_name="核实日期")),
                (
                    "stated_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("VISIT", "走访"),
                            ("STAFF", "妇联核实"),
                            ("IMPORT", "导入"),
                            ("SURVEY", "摸排"),
                        ],
                        editable=False,
                        max_length=8,
                        verbose_name="核实来源",
                    ),
                ),
                (
                    "stated_text",
                    models.TextField(blank=True, editable=False, max_length=1000, verbose_name="核实的情况"),
                ),
                ("stated_text_on", models.DateField(editable=False, null=True, verbose_name="核实变化")),
                (
                    "child",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="children.child",
                        verbose_name="儿童",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        related_query_name="events",
                        to="visits.situation",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_column="region_code",
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="access.region",
                        verbose_name="地区",
                    ),
                ),
                (
                    "visit",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="visits.visit",
                        verbose_name="走访",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddIndex(
            model_name="situation",
            index=models.Index(fields=["region", "confirmed_on"], name="situation_region_confirmed"),
        ),
        migrations.AddConstraint(
            model_name="situation",
            constraint=models.UniqueConstraint(
                fields=("child", "part"), name="one_situation_a_child_and_part"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="situation",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "visits_situationevent" ("changed_on", "child_id", "confirmed_on", "id", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "source", "stated_on", "stated_source", "stated_text", "stated_text_on", "text", "visit_id") VALUES (NEW."changed_on", NEW."child_id", NEW."confirmed_on", NEW."id", NEW."part", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_code", NEW."source", NEW."stated_on", NEW."stated_source", NEW."stated_text", NEW."stated_text_on", NEW."text", NEW."visit_id"); RETURN NULL;',
                    hash="c426509a992b2cf07772ae51f3a93ff006010637",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_40fee",
                    table="visits_situation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="situation",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."changed_on" IS DISTINCT FROM (NEW."changed_on") OR OLD."text" IS DISTINCT FROM (NEW."text"))',
                    func='INSERT INTO "visits_situationevent" ("changed_on", "child_id", "confirmed_on", "id", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "source", "stated_on", "stated_source", "stated_text", "stated_text_on", "text", "visit_id") VALUES (NEW."changed_on", NEW."child_id", NEW."confirmed_on", NEW."id", NEW."part", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_code", NEW."source", NEW."stated_on", NEW."stated_source", NEW."stated_text", NEW."stated_text_on", NEW."text", NEW."visit_id"); RETURN NULL;',
                    hash="fdcc8fdb527828f332a590b14bd40bfa438bf5c8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_ff4f2",
                    table="visits_situation",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="situation",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "visits_situationevent" ("changed_on", "child_id", "confirmed_on", "id", "part", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_code", "source", "stated_on", "stated_source", "stated_text", "stated_text_on", "text", "visit_id") VALUES (OLD."changed_on", OLD."child_id", OLD."confirmed_on", OLD."id", OLD."part", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."region_code", OLD."source", OLD."stated_on", OLD."stated_source", OLD."stated_text", OLD."stated_text_on", OLD."text", OLD."visit_id"); RETURN NULL;',
                    hash="371ab63726a1280fbddf8202cf84985c1bd7a5f0",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9f652",
                    table="visits_situation",
                    when="AFTER",
                ),
            ),
        ),
        protect("visits_situation", staff_all=in_range(), volunteer_select=f"child_id = ANY({MY_CHILDREN})"),
        protect_history("visits_situationevent", "visits_situation"),
        migrations.RunSQL(FOLLOWS, UNFOLLOW),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
