"""Sums of the changes of figures, and the places whose sums are behind; the database's functions alone read and write."""

from django.db import models

from aixin.access.regions import Level


class Grain(models.TextChoices):
    """Over how long a row sums up: a day, or a month, which stands under its first day."""

    DAY = "D", "日"
    MONTH = "M", "月"


class Tally(models.Model):
    """By how much a figure changed at a place and all below it, on a day or in a month: province, city or county."""

    level = models.PositiveSmallIntegerField("级别", choices=Level)
    place = models.CharField("地区", max_length=6, db_collation="C")
    grain = models.CharField("时段", max_length=1, choices=Grain)
    measure = models.CharField("指标", max_length=24)
    cell = models.CharField("分组", max_length=40, blank=True)
    day = models.DateField("日期")
    n = models.BigIntegerField("变化")

    class Meta:
        verbose_name = verbose_name_plural = "指标累计"
        constraints = [
            models.UniqueConstraint(
                fields=["level", "place", "grain", "day", "measure", "cell"], name="one_tally_a_day"
            )
        ]
        indexes = [models.Index(fields=["n"], condition=models.Q(n=0), name="tally_of_nothing")]

    def __str__(self) -> str:
        return f"{self.place} {self.measure} {self.day}"


class Outdated(models.Model):
    """A county (or a region's own rows) in which something changed since its tallies were made. Only ever added to."""

    unit = models.CharField("地区", max_length=6, db_collation="C", db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = "待重算地区"

    def __str__(self) -> str:
        return self.unit
