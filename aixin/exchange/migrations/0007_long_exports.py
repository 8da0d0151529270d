from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0006_import_decisions"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name="次数"),
        ),
        migrations.AddField(
            model_name="export",
            name="failure",
            field=models.CharField(blank=True, editable=False, max_length=100, verbose_name="没有生成的原因"),
        ),
        migrations.AddField(
            model_name="export",
            name="queued_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="排队时间"),
        ),
        migrations.AlterField(
            model_name="export",
            name="state",
            field=models.CharField(
                choices=[
                    ("REQUESTED", "待审批"),
                    ("WAITING", "生成中"),
                    ("READY", "可下载"),
                    ("FAILED", "没有生成"),
                    ("REFUSED", "未批准"),
                    ("EXPIRED", "已过期"),
                ],
                max_length=10,
                verbose_name="状态",
            ),
        ),
    ]
