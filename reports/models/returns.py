"""Report forms (报表), what is handed in on them (报送), and workbooks that come from above to be filled in."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from aixin.access.models import ScopedModel
from reports.periods import Kind, Period
from reports.returns.choices import TONES, FormState, PeriodKind, ReturnState
from reports.returns.definition import Definition, from_json
from reports.returns.querysets import FormQuerySet, OfficeQuerySet, ReturnQuerySet, VersionQuerySet
from reports.returns.sheets import Sheet
from reports.returns.sheets import from_json as sheet_from_json

USER = settings.AUTH_USER_MODEL


def _who(label: str) -> models.ForeignKey:  # type: ignore[type-arg]
    return models.ForeignKey(USER, verbose_name=label, on_delete=models.PROTECT, related_name="+")


class ReportForm(ScopedModel):
    """A form of an office (`region`), filled in by the counties below it and summed up on the way."""

    title = models.CharField("名称", max_length=60)
    period_kind = models.CharField("周期", max_length=8, choices=PeriodKind, default=PeriodKind.MONTH)
    due_days = models.PositiveSmallIntegerField("期末后几天内报送", default=5)
    definition = models.JSONField("定义")
    state = models.CharField("状态", max_length=8, choices=FormState, default=FormState.DRAFT)
    opened_on = models.DateField("启用日期", null=True, editable=False)
    # Nothing is asked for before the period in which this day lies; empty in forms put to use before it was asked.
    applies_from = models.DateField("从哪天所在的一期起报", null=True, editable=False)
    made_by = _who("制表人")
    updated_at = models.DateTimeField("修改时间", auto_now=True)

    objects = FormQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "报表"
        ordering = ["region", "id"]

    def __str__(self) -> str:
        return f"form {self.pk}"

    @property
    def defined(self) -> Definition:
        return from_json(self.definition)

    @property
    def kind(self) -> Kind:
        return Kind(self.period_kind)

    @property
    def is_open(self) -> bool:
        return self.state == FormState.OPEN

    @property
    def state_mark(self) -> str:
        """What tells one stored state of the form from another; empty before it is stored."""
        return self.updated_at.isoformat() if self.updated_at else ""

    @property
    def first_period(self) -> Period | None:
        """The first period that is asked for, where one was said."""
        return Period.containing(self.applies_from, self.kind) if self.applies_from else None

    def asks_for(self, period: Period) -> bool:
        """Return whether a period is to be handed in: none before the first."""
        return self.first_period is None or period >= self.first_period


class Return(ScopedModel):
    """What a region hands in on a form for a period; what was handed in stands in its versions."""

    form = models.ForeignKey(
        ReportForm, verbose_name="报表", on_delete=models.PROTECT, related_name="returns"
    )
    period = models.CharField("报告期", max_length=8)
    state = models.CharField("状态", max_length=9, choices=ReturnState, default=ReturnState.DRAFT)
    remark = models.CharField("退回意见", max_length=200, blank=True)
    # Every time it was sent back: which version, why, on which day.
    sent_back = models.JSONField("历次退回", default=list)
    decided_by = models.ForeignKey(
        USER, verbose_name="审核人", null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField("审核时间", null=True)

    objects = ReturnQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "报送"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["form", "region", "period"], name="one_return_a_region_and_period"
            )
        ]

    def __str__(self) -> str:
        return f"return {self.pk}"

    @property
    def tone(self) -> str:
        return TONES[ReturnState(self.state)]

    @property
    def of_period(self) -> Period:
        return Period.parse(self.period)


class ReturnVersion(models.Model):
    """A version of a return as it was handed in; the database refuses every change to it."""

    of = models.ForeignKey(Return, verbose_name="报送", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField("版次")
    definition = models.JSONField("报表定义")
    # The sheets `now`, `before` and `year_ago`, each as `Sheet.as_json` writes them.
    values = models.JSONField("数值")
    # Cell by cell what differs from the version before; empty for the first.
    differences = models.JSONField("与上一版的差异", default=list)
    # For a sum: the versions that it was made of.
    made_of = models.JSONField("由哪些版次汇总", default=list)
    as_of = models.DateField("数据截至")
    submitted_by = _who("报送人")
    submitted_at = models.DateTimeField("报送时间", default=timezone.now)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "报送版次"
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["of", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"version {self.pk}"

    @property
    def defined(self) -> Definition:
        return from_json(self.definition)

    def sheet(self, which: str = "now") -> Sheet:
        """Return one of its sheets: now, before, year_ago."""
        return sheet_from_json(self.values[which])


class HandValue(models.Model):
    """A value that somebody typed into a return, where it came from and who typed it."""

    of = models.ForeignKey(Return, verbose_name="报送", on_delete=models.CASCADE, related_name="hand_values")
    row = models.CharField("行", max_length=20)
    column = models.PositiveSmallIntegerField("栏次")
    value = models.DecimalField("数值", max_digits=12, decimal_places=2)
    source = models.CharField("来源", max_length=100, blank=True)
    typed_by = _who("填写人")
    typed_at = models.DateTimeField("填写时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "手工填写的数值"
        ordering = ["row", "column"]
        constraints = [models.UniqueConstraint(fields=["of", "row", "column"], name="one_hand_value_a_cell")]

    def __str__(self) -> str:
        return f"hand value {self.pk}"


class FormWorkbook(ScopedModel):
    """A blank workbook from above, and which of its cells hold what; it comes back filled, otherwise untouched."""

    title = models.CharField("名称", max_length=60)
    period_kind = models.CharField("周期", max_length=8, choices=PeriodKind, default=PeriodKind.MONTH)
    content = models.BinaryField("文件")
    sheet = models.CharField("工作表", max_length=80)
    # By cell ("C5"): {"metric", "dimension", "value", "place"} or {"hand": what is to be filled in}.
    mapping = models.JSONField("对应关系", default=dict)
    uploaded_by = _who("上传人")
    uploaded_at = models.DateTimeField("上传时间", auto_now_add=True)
    used_on = models.DateField("最近使用", default=timezone.localdate)

    objects = OfficeQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "上级空表"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"workbook {self.pk}"

    @property
    def kind(self) -> Kind:
        return Kind(self.period_kind)


class WorkbookValue(models.Model):
    """A value typed for a cell of a workbook in one period, with source and author."""

    of = models.ForeignKey(
        FormWorkbook, verbose_name="上级空表", on_delete=models.CASCADE, related_name="hand_values"
    )
    period = models.CharField("报告期", max_length=8)
    cell = models.CharField("单元格", max_length=10)
    value = models.CharField("内容", max_length=100)
    source = models.CharField("来源", max_length=100, blank=True)
    typed_by = _who("填写人")
    typed_at = models.DateTimeField("填写时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "空表中手工填写的内容"
        ordering = ["cell"]
        constraints = [
            models.UniqueConstraint(fields=["of", "period", "cell"], name="one_workbook_value_a_cell")
        ]

    def __str__(self) -> str:
        return f"workbook value {self.pk}"
