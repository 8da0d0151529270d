import aixin.privacy.fields
import concerns.models
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


from aixin.access.row_security import MY_VOLUNTEER, in_range, protect, protect_history, setting

# What is raised about a child lies where the child lives, however it was moved.
FOLLOWS = """
CREATE FUNCTION concerns_follow_child() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE concerns_concern SET region_code = NEW.region_code WHERE child_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER concerns_follow_child AFTER UPDATE OF region_code ON children_child
FOR EACH ROW WHEN (OLD.region_code IS DISTINCT FROM NEW.region_code)
EXECUTE FUNCTION concerns_follow_child();
"""
UNFOLLOW = "DROP TRIGGER concerns_follow_child ON children_child; DROP FUNCTION concerns_follow_child();"

# Of children of the caller's own range, those with an open report, of whom nothing else is let out. A report about a
# record that was merged since holds for the record that it went into.
HELD_BACK = """
CREATE FUNCTION aixin_held_back(asked bigint[]) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS $$
    SELECT child.id FROM children_child child
    WHERE child.id = ANY(asked) AND coalesce(current_setting('aixin.lo', true), '') <> ''
      AND child.region_code >= current_setting('aixin.lo', true)
      AND child.region_code < current_setting('aixin.hi', true)
      AND EXISTS (
          SELECT 1 FROM concerns_report report LEFT JOIN children_child named ON named.id = report.child_id
          WHERE report.closed_at IS NULL AND (report.child_id = child.id OR named.merged_into_id = child.id)
      )
$$;
REVOKE EXECUTE ON FUNCTION aixin_held_back(bigint[]) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'aixin_app') THEN
        GRANT EXECUTE ON FUNCTION aixin_held_back(bigint[]) TO aixin_app;
    END IF;
END $$;
"""

BY_HERSELF = f"{setting('user_id')} <> '' AND {{column}}::text = {setting('user_id')}"
RAISED = BY_HERSELF.format(column="raised_by_id")
ASKED = BY_HERSELF.format(column="asker_id")
# The head of the very office that keeps it; `*` is the erasing of a person.
KEPT = f"{setting('head')} <> '' AND (region_code = {setting('head')} OR {setting('head')} = '*')"
ANSWERS = (
    "region_code IN (SELECT region_code FROM concerns_specialist"
    f" WHERE volunteer_id = {MY_VOLUNTEER} AND ended_at IS NULL)"
)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0004_duties_apart"),
        ("children", "0006_wanted_volunteers"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("visits", "0007_situations"),
        ("volunteers", "0005_matching_wishes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Concern",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "client_uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="提交标识"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("LIFE", "生活困难"),
                            ("STUDY", "学业"),
                            ("MIND", "心理"),
                            ("HEALTH", "健康"),
                            ("GUARDIAN", "监护"),
                            ("SAFETY", "安全"),
                            ("LAW", "法律"),
                            ("OTHER", "其他"),
                        ],
                        max_length=10,
                        verbose_name="哪方面",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("DAILY", "日常"), ("URGENT", "急")],
                        default="DAILY",
                        max_length=8,
                        verbose_name="急不急",
                    ),
                ),
                ("text", models.TextField(max_length=1000, verbose_name="情况")),
                ("raised_at", models.DateTimeField(auto_now_add=True, verbose_name="上报时间")),
                ("due_at", models.DateTimeField(verbose_name="办理期限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("NEW", "新上报"),
                            ("ACCEPTED", "已受理"),
                            ("HANDED", "已移交"),
                            ("CLOSED", "已办结"),
                        ],
                        default="NEW",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "office",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CIVIL", "民政"),
                            ("EDUCATION", "教育"),
                            ("JUSTICE", "司法"),
                            ("HEALTH", "卫健"),
                            ("POLICE", "公安"),
                            ("DISABLED", "残联"),
                            ("COURT", "检察院、法院"),
                            ("TOWNSHIP", "乡镇（街道）"),
                            ("OTHER", "其他部门"),
                        ],
                        max_length=10,
                        verbose_name="移交部门",
                    ),
                ),
                ("handed_to", models.CharField(blank=True, max_length=60, verbose_name="对方经办人")),
                ("handed_on", models.DateField(null=True, verbose_name="移交日期")),
                ("result", models.TextField(blank=True, max_length=500, verbose_name="办理结果")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结时间")),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="concerns",
                        to="children.child",
                        verbose_name="儿童",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上报人",
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
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="concerns",
                        to="visits.visit",
                        verbose_name="走访",
                    ),
                ),
            ],
            options={
                "verbose_name": "上报的问题",
                "verbose_name_plural": "上报的问题",
                "ordering": ["-raised_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ConcernEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "client_uuid",
                    models.UUIDField(default=uuid.uuid4, editable=False, verbose_name="提交标识"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("LIFE", "生活困难"),
                            ("STUDY", "学业"),
                            ("MIND", "心理"),
                            ("HEALTH", "健康"),
                            ("GUARDIAN", "监护"),
                            ("SAFETY", "安全"),
                            ("LAW", "法律"),
                            ("OTHER", "其他"),
                        ],
                        max_length=10,
                        verbose_name="哪方面",
                    ),
                ),
                (
                    "urgency",
                    models.CharField(
                        choices=[("DAILY", "日常"), ("URGENT", "急")],
                        default="DAILY",
                        max_length=8,
                        verbose_name="急不急",
                    ),
                ),
                ("text", models.TextField(max_length=1000, verbose_name="情况")),
                ("raised_at", models.DateTimeField(auto_now_add=True, verbose_name="上报时间")),
                ("due_at", models.DateTimeField(verbose_name="办理期限")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("NEW", "新上报"),
                            ("ACCEPTED", "已受理"),
                            ("HANDED", "已移交"),
                            ("CLOSED", "已办结"),
                        ],
                        default="NEW",
                        max_length=10,
                        verbose_name="状态",
                    ),
                ),
                (
                    "office",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("CIVIL", "民政"),
                            ("EDUCATION", "教育"),
                            ("JUSTICE", "司法"),
                            ("HEALTH", "卫健"),
                            ("POLICE", "公安"),
                            ("DISABLED", "残联"),
                            ("COURT", "检察院、法院"),
                            ("TOWNSHIP", "乡镇（街道）"),
                            ("OTHER", "其他部门"),
                        ],
                        max_length=10,
                        verbose_name="移交部门",
                    ),
                ),
                ("handed_to", models.CharField(blank=True, max_length=60, verbose_name="对方经办人")),
                ("handed_on", models.DateField(null=True, verbose_name="移交日期")),
                ("result", models.TextField(blank=True, max_length=500, verbose_name="办理结果")),
                ("closed_at", models.DateTimeField(null=True, verbose_name="办结时间")),
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
                        to="concerns.concern",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="上报人",
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
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "client_uuid",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, unique=True, verbose_name="提交标识"
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("MIND", "心理"),
                            ("LAW", "法律"),
                            ("STUDY", "学习、家教"),
                            ("HEALTH", "健康"),
                            ("OTHER", "其他"),
                        ],
                        max_length=8,
                        verbose_name="哪方面",
                    ),
                ),
                ("text", models.TextField(max_length=1000, verbose_name="问题")),
                ("asked_at", models.DateTimeField(auto_now_add=True, verbose_name="提问时间")),
                ("answer", models.TextField(blank=True, max_length=1500, verbose_name="解答")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="解答时间")),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="解答人",
                    ),
                ),
                (
                    "asker",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="提问人",
                    ),
                ),
                (
                    "child",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="children.child",
                        verbose_name="孩子",
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
                "verbose_name": "提问",
                "verbose_name_plural": "提问",
                "ordering": [
                    models.OrderBy(models.F("answered_at"), descending=True, nulls_first=True),
                    "asked_at",
                ],
            },
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        default=concerns.models.new_report_key,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "signs",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("VIOLENCE", "身上有伤，可能被打、被虐待"),
                                ("SEXUAL", "可能遭受性侵害、性骚扰"),
                                ("ABANDONED", "被遗弃、长期没人管"),
                                ("NEGLECT", "严重忽视：没吃的、病了没人治、失学"),
                                ("TRAFFICKED", "被拐卖、失踪、被迫乞讨"),
                                ("SELF_HARM", "有自杀、自伤的念头或行为"),
                                ("EXPLOITED", "被迫做工、被引诱违法、早婚"),
                                ("OTHER", "其他危险情况"),
                            ],
                            max_length=12,
                        ),
                        size=None,
                        verbose_name="发现了什么",
                    ),
                ),
                ("text", aixin.privacy.fields.EncryptedField(blank=True, default="", verbose_name="情况")),
                ("about_head", models.BooleanField(default=False, verbose_name="涉及县妇联负责人")),
                (
                    "raised_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="报告时间"),
                ),
                ("closed_at", models.DateTimeField(null=True, verbose_name="了结时间")),
                ("outcome", aixin.privacy.fields.EncryptedField(blank=True, default="", verbose_name="结果")),
                (
                    "child",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="children.child",
                        verbose_name="儿童",
                    ),
                ),
                (
                    "raised_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="报告人",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_column="region_code",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.region",
                        verbose_name="由谁保管",
                    ),
                ),
            ],
            options={
                "verbose_name": "强制报告",
                "verbose_name_plural": "强制报告",
                "ordering": [
                    models.OrderBy(models.F("closed_at"), descending=True, nulls_first=True),
                    "-raised_at",
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", aixin.privacy.fields.EncryptedField(verbose_name="做了什么")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="时间")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="办理人",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="steps",
                        to="concerns.report",
                    ),
                ),
            ],
            options={
                "verbose_name": "强制报告的办理",
                "verbose_name_plural": "强制报告的办理",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Specialist",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("MIND", "心理"),
                            ("LAW", "法律"),
                            ("STUDY", "学习、家教"),
                            ("HEALTH", "健康"),
                            ("OTHER", "其他"),
                        ],
                        max_length=8,
                        verbose_name="解答什么",
                    ),
                ),
                ("named_at", models.DateTimeField(auto_now_add=True, verbose_name="指定时间")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="结束时间")),
                (
                    "named_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="指定人",
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
                    "volunteer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answering",
                        to="volunteers.volunteer",
                        verbose_name="爱心妈妈",
                    ),
                ),
            ],
            options={
                "verbose_name": "解答问题的专家",
                "verbose_name_plural": "解答问题的专家",
                "ordering": ["topic", "id"],
            },
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(fields=["region", "state", "due_at"], name="concern_region_state"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="concern",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "concerns_concernevent" ("child_id", "client_uuid", "closed_at", "due_at", "handed_on", "handed_to", "id", "kind", "office", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "raised_by_id", "region_code", "result", "state", "text", "urgency", "visit_id") VALUES (NEW."child_id", NEW."client_uuid", NEW."closed_at", NEW."due_at", NEW."handed_on", NEW."handed_to", NEW."id", NEW."kind", NEW."office", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."raised_at", NEW."raised_by_id", NEW."region_code", NEW."result", NEW."state", NEW."text", NEW."urgency", NEW."visit_id"); RETURN NULL;',
                    hash="23722c0abc30704a4e332dcfa1ca6d97f643722c",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_43864",
                    table="concerns_concern",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="concern",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "concerns_concernevent" ("child_id", "client_uuid", "closed_at", "due_at", "handed_on", "handed_to", "id", "kind", "office", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "raised_by_id", "region_code", "result", "state", "text", "urgency", "visit_id") VALUES (NEW."child_id", NEW."client_uuid", NEW."closed_at", NEW."due_at", NEW."handed_on", NEW."handed_to", NEW."id", NEW."kind", NEW."office", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."raised_at", NEW."raised_by_id", NEW."region_code", NEW."result", NEW."state", NEW."text", NEW."urgency", NEW."visit_id"); RETURN NULL;',
                    hash="cd3fec37293e7aaa1afc790f2f6775ef00c075d8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_39f33",
                    table="concerns_concern",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="concern",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "concerns_concernevent" ("child_id", "client_uuid", "closed_at", "due_at", "handed_on", "handed_to", "id", "kind", "office", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "raised_at", "raised_by_id", "region_code", "result", "state", "text", "urgency", "visit_id") VALUES (OLD."child_id", OLD."client_uuid", OLD."closed_at", OLD."due_at", OLD."handed_on", OLD."handed_to", OLD."id", OLD."kind", OLD."office", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."raised_at", OLD."raised_by_id", OLD."region_code", OLD."result", OLD."state", OLD."text", OLD."urgency", OLD."visit_id"); RETURN NULL;',
                    hash="714002aca7472f0a58ea79adf81388cb107feecb",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3fc22",
                    table="concerns_concern",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="specialist",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None)),
                fields=("region", "volunteer", "topic"),
                name="one_specialist_a_topic",
            ),
        ),
        protect("concerns_concern", staff_all=in_range(), raiser_select=RAISED, raiser_insert=RAISED),
        protect_history("concerns_concernevent", "concerns_concern"),
        # Whoever sees the child may report; nobody but the head reads or writes what is reported.
        protect(
            "concerns_report",
            head_select=KEPT,
            head_update=KEPT,
            reporter_insert="child_id IN (SELECT id FROM children_child) AND closed_at IS NULL",
        ),
        protect("concerns_reportstep", head_all="report_id IN (SELECT id FROM concerns_report)"),
        protect("concerns_specialist", staff_all=in_range(), herself_select=f"volunteer_id = {MY_VOLUNTEER}"),
        protect(
            "concerns_question",
            staff_all=in_range(),
            asker_select=ASKED,
            asker_insert=ASKED,
            specialist_select=ANSWERS,
            specialist_update=ANSWERS,
        ),
        migrations.RunSQL(FOLLOWS, UNFOLLOW),
        migrations.RunSQL(HELD_BACK, "DROP FUNCTION aixin_held_back(bigint[])"),
    ]
