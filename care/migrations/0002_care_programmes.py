import aixin.privacy.fields
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from aixin.access.row_security import in_range, protect

# What was decided about a child lies where the child lives.
FOLLOWS = """
CREATE FUNCTION care_enrolment_follows_child() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE care_enrolment SET region_code = NEW.region_code WHERE child_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER care_enrolment_follows_child AFTER UPDATE OF region_code ON children_child
FOR EACH ROW WHEN (OLD.region_code IS DISTINCT FROM NEW.region_code)
EXECUTE FUNCTION care_enrolment_follows_child();
"""
UNFOLLOW = """
DROP TRIGGER care_enrolment_follows_child ON children_child;
DROP FUNCTION care_enrolment_follows_child();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_duties_apart"),
        ("care", "0001_duties"),
        ("children", "0006_wanted_volunteers"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("visits", "0007_situations"),
        ("volunteers", "0005_matching_wishes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ProgrammeItemEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("name", models.CharField(max_length=20, verbose_name="做什么")),
                (
                    "how",
                    models.CharField(
                        choices=[("VISIT", "按走访记录自动算"), ("MARK", "办完勾“做了”")],
                        max_length=8,
                        verbose_name="怎样算做了",
                    ),
                ),
                (
                    "ways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("PHONE", "电话"),
                                ("HOME", "入户"),
                                ("MEETING", "见面"),
                                ("SCHOOL", "到校"),
                                ("VIDEO", "视频"),
                                ("ACTIVITY", "活动"),
                                ("LETTER", "书信"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="哪种走访算",
                    ),
                ),
                (
                    "times",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(31),
                        ],
                        verbose_name="次数",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("WEEK", "每周"),
                            ("MONTH", "每月"),
                            ("QUARTER", "每季度"),
                            ("TERM", "每学期"),
                            ("YEAR", "每年"),
                            ("ONCE", "项目期间"),
                        ],
                        max_length=8,
                        verbose_name="多久",
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("LEFT_BEHIND", "留守儿童"),
                                ("DE_FACTO_UNSUPPORTED", "事实无人抚养"),
                                ("ORPHAN_SCATTERED", "散居孤儿"),
                                ("ORPHAN_INSTITUTION", "集中养育孤儿"),
                                ("DIFFICULT", "困境儿童"),
                                ("MIGRANT", "流动儿童"),
                            ],
                            max_length=24,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="只给哪些类别",
                    ),
                ),
                (
                    "age_from",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(18)],
                        verbose_name="满多少岁",
                    ),
                ),
                (
                    "age_to",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(18)],
                        verbose_name="到多少岁",
                    ),
                ),
                (
                    "dropped_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="取消日期"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="duty",
            name="what",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=20, verbose_name="做什么"
            ),
        ),
        migrations.AlterField(
            model_name="duty",
            name="kind",
            field=models.CharField(
                choices=[
                    ("CALL", "联系一次"),
                    ("MEETING", "见面"),
                    ("HOME", "入户看望"),
                    ("SCHOOL", "到校了解"),
                    ("CHANGE", "变故困难必访"),
                    ("BIRTHDAY", "生日必访"),
                    ("FESTIVAL", "节日必访"),
                    ("FOLLOW_UP", "约定的下一步"),
                    ("PROGRAMME", "关爱项目"),
                ],
                max_length=12,
                verbose_name="种类",
            ),
        ),
        migrations.CreateModel(
            name="Joining",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "townships",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="哪些乡镇",
                    ),
                ),
                ("joined_on", models.DateField(verbose_name="参加日期")),
                (
                    "joined_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        db_column="region_code",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.region",
                        verbose_name="县",
                    ),
                ),
            ],
            options={
                "verbose_name": "参加的县",
                "verbose_name_plural": "参加的县",
            },
        ),
        migrations.CreateModel(
            name="Programme",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=20, verbose_name="项目名称")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="做什么、为什么做")),
                (
                    "state",
                    models.CharField(
                        choices=[("DRAFT", "草稿"), ("RUNNING", "进行中"), ("ENDED", "已结束")],
                        default="DRAFT",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("first_on", models.DateField(verbose_name="开始日期")),
                ("last_on", models.DateField(verbose_name="结束日期")),
                (
                    "reach",
                    models.CharField(
                        choices=[("ALL", "所有结对的孩子"), ("CHOSEN", "只有选定的孩子")],
                        max_length=8,
                        verbose_name="哪些孩子参加",
                    ),
                ),
                (
                    "certificate",
                    models.CharField(
                        choices=[("NONE", "不发证书"), ("CHILD", "发给孩子"), ("VOLUNTEER", "发给爱心妈妈")],
                        default="NONE",
                        max_length=10,
                        verbose_name="证书",
                    ),
                ),
                ("certificate_title", models.CharField(blank=True, max_length=20, verbose_name="证书名称")),
                ("certificate_text", models.CharField(blank=True, max_length=200, verbose_name="证书上的话")),
                (
                    "certificate_share",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="完成多少可以发（%）",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="修改时间")),
                (
                    "region",
                    models.ForeignKey(
                        db_column="region_code",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="access.region",
                        verbose_name="由谁开展",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "verbose_name": "关爱项目",
                "verbose_name_plural": "关爱项目",
            },
        ),
        migrations.CreateModel(
            name="JoiningEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "townships",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=9),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="哪些乡镇",
                    ),
                ),
                ("joined_on", models.DateField(verbose_name="参加日期")),
                (
                    "joined_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
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
                        to="care.joining",
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
                        verbose_name="县",
                    ),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="care.programme",
                        verbose_name="项目",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="joining",
            name="programme",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="joinings",
                to="care.programme",
                verbose_name="项目",
            ),
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[("IN", "选定参加"), ("OUT", "不参加")], max_length=4, verbose_name="参加"
                    ),
                ),
                ("reason", aixin.privacy.fields.EncryptedField(blank=True, default="", verbose_name="原因")),
                (
                    "decided_on",
                    models.DateField(default=django.utils.timezone.localdate, verbose_name="决定日期"),
                ),
                (
                    "child",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="programme_enrolments",
                        to="children.child",
                        verbose_name="儿童",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="经办人",
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
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enrolments",
                        to="care.programme",
                        verbose_name="项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "单个孩子的安排",
                "verbose_name_plural": "单个孩子的安排",
            },
        ),
        migrations.CreateModel(
            name="ProgrammeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=20, verbose_name="项目名称")),
                ("purpose", models.CharField(blank=True, max_length=200, verbose_name="做什么、为什么做")),
                (
                    "state",
                    models.CharField(
                        choices=[("DRAFT", "草稿"), ("RUNNING", "进行中"), ("ENDED", "已结束")],
                        default="DRAFT",
                        max_length=8,
                        verbose_name="状态",
                    ),
                ),
                ("first_on", models.DateField(verbose_name="开始日期")),
                ("last_on", models.DateField(verbose_name="结束日期")),
                (
                    "reach",
                    models.CharField(
                        choices=[("ALL", "所有结对的孩子"), ("CHOSEN", "只有选定的孩子")],
                        max_length=8,
                        verbose_name="哪些孩子参加",
                    ),
                ),
                (
                    "certificate",
                    models.CharField(
                        choices=[("NONE", "不发证书"), ("CHILD", "发给孩子"), ("VOLUNTEER", "发给爱心妈妈")],
                        default="NONE",
                        max_length=10,
                        verbose_name="证书",
                    ),
                ),
                ("certificate_title", models.CharField(blank=True, max_length=20, verbose_name="证书名称")),
                ("certificate_text", models.CharField(blank=True, max_length=200, verbose_name="证书上的话")),
                (
                    "certificate_share",
                    models.PositiveSmallIntegerField(
                        default=100,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="完成多少可以发（%）",
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="修改时间")),
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
                        to="care.programme",
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
                        verbose_name="由谁开展",
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="修改人",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProgrammeItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="顺序")),
                ("name", models.CharField(max_length=20, verbose_name="做什么")),
                (
                    "how",
                    models.CharField(
                        choices=[("VISIT", "按走访记录自动算"), ("MARK", "办完勾“做了”")],
                        max_length=8,
                        verbose_name="怎样算做了",
                    ),
                ),
                (
                    "ways",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("PHONE", "电话"),
                                ("HOME", "入户"),
                                ("MEETING", "见面"),
                                ("SCHOOL", "到校"),
                                ("VIDEO", "视频"),
                                ("ACTIVITY", "活动"),
                                ("LETTER", "书信"),
                            ],
                            max_length=10,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="哪种走访算",
                    ),
                ),
                (
                    "times",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(31),
                        ],
                        verbose_name="次数",
                    ),
                ),
                (
                    "period",
                    models.CharField(
                        choices=[
                            ("WEEK", "每周"),
                            ("MONTH", "每月"),
                            ("QUARTER", "每季度"),
                            ("TERM", "每学期"),
                            ("YEAR", "每年"),
                            ("ONCE", "项目期间"),
                        ],
                        max_length=8,
                        verbose_name="多久",
                    ),
                ),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("LEFT_BEHIND", "留守儿童"),
                                ("DE_FACTO_UNSUPPORTED", "事实无人抚养"),
                                ("ORPHAN_SCATTERED", "散居孤儿"),
                                ("ORPHAN_INSTITUTION", "集中养育孤儿"),
                                ("DIFFICULT", "困境儿童"),
                                ("MIGRANT", "流动儿童"),
                            ],
                            max_length=24,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="只给哪些类别",
                    ),
                ),
                (
                    "age_from",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(18)],
                        verbose_name="满多少岁",
                    ),
                ),
                (
                    "age_to",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(18)],
                        verbose_name="到多少岁",
                    ),
                ),
                (
                    "dropped_on",
                    models.DateField(blank=True, editable=False, null=True, verbose_name="取消日期"),
                ),
                (
                    "programme",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="care.programme",
                        verbose_name="项目",
                    ),
                ),
            ],
            options={
                "verbose_name": "项目内容",
                "verbose_name_plural": "项目内容",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.AddField(
            model_name="duty",
            name="item",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="duties",
                to="care.programmeitem",
                verbose_name="项目内容",
            ),
        ),
        migrations.AddIndex(
            model_name="duty",
            index=models.Index(
                condition=models.Q(("item__isnull", False)), fields=["region", "item"], name="duty_programme"
            ),
        ),
        migrations.AddField(
            model_name="programmeitemevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="programmeitemevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                related_query_name="events",
                to="care.programmeitem",
            ),
        ),
        migrations.AddField(
            model_name="programmeitemevent",
            name="programme",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="care.programme",
                verbose_name="项目",
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(("last_on__gte", models.F("first_on"))),
                name="programme_ends_after_it_begins",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "care_programmeevent" ("certificate", "certificate_share", "certificate_text", "certificate_title", "first_on", "id", "last_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reach", "region_code", "state", "updated_at", "updated_by_id") VALUES (NEW."certificate", NEW."certificate_share", NEW."certificate_text", NEW."certificate_title", NEW."first_on", NEW."id", NEW."last_on", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."purpose", NEW."reach", NEW."region_code", NEW."state", NEW."updated_at", NEW."updated_by_id"); RETURN NULL;',
                    hash="1fcdca84f0fcf0cb62194fec21c77d08bc56325b",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c7e12",
                    table="care_programme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "care_programmeevent" ("certificate", "certificate_share", "certificate_text", "certificate_title", "first_on", "id", "last_on", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "purpose", "reach", "region_code", "state", "updated_at", "updated_by_id") VALUES (NEW."certificate", NEW."certificate_share", NEW."certificate_text", NEW."certificate_title", NEW."first_on", NEW."id", NEW."last_on", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."purpose", NEW."reach", NEW."region_code", NEW."state", NEW."updated_at", NEW."updated_by_id"); RETURN NULL;',
                    hash="2aa3f95d14b8a7371ccdf8cbbbf5da8a629f04d6",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_dae02",
                    table="care_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="joining",
            constraint=models.UniqueConstraint(fields=("programme", "region"), name="a_county_joins_once"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="joining",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "care_joiningevent" ("id", "joined_by_id", "joined_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "region_code", "townships") VALUES (NEW."id", NEW."joined_by_id", NEW."joined_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."region_code", NEW."townships"); RETURN NULL;',
                    hash="93b815a8b0511764073695e7757462c0f0748505",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ce597",
                    table="care_joining",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="joining",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "care_joiningevent" ("id", "joined_by_id", "joined_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "region_code", "townships") VALUES (NEW."id", NEW."joined_by_id", NEW."joined_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."programme_id", NEW."region_code", NEW."townships"); RETURN NULL;',
                    hash="4774db3c1af1395c38bfb69385ad15906ee514f8",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_69637",
                    table="care_joining",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="enrolment",
            constraint=models.UniqueConstraint(fields=("programme", "child"), name="one_enrolment_a_child"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programmeitem",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "care_programmeitemevent" ("age_from", "age_to", "categories", "dropped_on", "how", "id", "name", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "programme_id", "times", "ways") VALUES (NEW."age_from", NEW."age_to", NEW."categories", NEW."dropped_on", NEW."how", NEW."id", NEW."name", NEW."period", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."position", NEW."programme_id", NEW."times", NEW."ways"); RETURN NULL;',
                    hash="096caa852b5967714c48c66e9c815c64c2542594",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_5418c",
                    table="care_programmeitem",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programmeitem",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "care_programmeitemevent" ("age_from", "age_to", "categories", "dropped_on", "how", "id", "name", "period", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "programme_id", "times", "ways") VALUES (NEW."age_from", NEW."age_to", NEW."categories", NEW."dropped_on", NEW."how", NEW."id", NEW."name", NEW."period", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."position", NEW."programme_id", NEW."times", NEW."ways"); RETURN NULL;',
                    hash="a2e2ec708cbb7e57c48bff2138f525802e0e4c97",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5b21e",
                    table="care_programmeitem",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FOLLOWS, UNFOLLOW),
        protect("care_enrolment", staff_all=in_range()),
    ]
