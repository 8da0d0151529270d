"""How far a task has come with an import or an export, for the page to show.

Kept in the cache: what the import's own transaction wrote would be invisible until its end. A lost cache loses
the bar and nothing else.
"""

import datetime
import time
from dataclasses import asdict, dataclass

from django.core.cache import cache
from django.utils import timezone

from aixin.exchange.roster import Watch

KEPT_SECONDS = 24 * 3600
TOLD_EVERY = 0.4
# What share of the whole each step takes, as measured; a step that is not named takes all of it.
CHECKING = {"核对": 0.7, "与名册比对": 0.3}
IMPORTING = {"核对": 0.12, "与名册比对": 0.05, "写入名册": 0.83}
WRITING = {"写入文件": 1.0}


# A page that asks by itself keeps its session alive; it must not do so for ever.
ASKS_FOR = datetime.timedelta(minutes=20)


@dataclass(frozen=True)
class Progress:
    """One report: the step, its rows, the share of the whole that is done, and how long the whole has taken."""

    step: str
    done: int
    total: int
    share: float
    speed: float
    seconds: float

    @property
    def percent(self) -> int:
        """Never 100 before the end."""
        return min(int(self.share * 100), 99)

    @property
    def rows_per_second(self) -> int:
        return round(self.speed)

    @property
    def seconds_left(self) -> int | None:
        """An estimate from the share that is done, or None while there is too little to go by."""
        return round(self.seconds * (1 - self.share) / self.share) if self.share > 0.02 else None

    @property
    def time_left(self) -> str:
        """The remaining time in words: 约 20 秒, 约 3 分钟."""
        left = self.seconds_left
        if left is None:
            return ""
        return f"约 {max(left, 1)} 秒" if left < 90 else f"约 {round(left / 60)} 分钟"


def progress_of(key: str) -> Progress | None:
    """Return the latest report under a key, or None when there is none."""
    found = cache.get(_key(key))
    return Progress(**found) if found else None


def asks_still(queued_at: datetime.datetime | None) -> bool:
    """Return whether a page may go on asking by itself for work that began to wait then."""
    return queued_at is not None and timezone.now() - queued_at < ASKS_FOR


def forget(key: str) -> None:
    """Drop the report of an earlier run."""
    cache.delete(_key(key))


def _key(key: str) -> str:
    return f"progress:{key}"


class Reporter(Watch):
    """Reports a run's progress about twice a second."""

    def __init__(self, key: str, shares: dict[str, float]) -> None:
        self.key, self.shares = key, shares
        self.began = self.step_began = time.monotonic()
        self.told = 0.0
        self.name, self.total, self.done = "", 0, 0
        self.before, self.share = 0.0, 0.0

    def step(self, name: str, rows: int) -> None:
        self.before += self.share
        self.name, self.total, self.done = name, rows, 0
        self.share = self.shares.get(name, 1.0)
        self.step_began = time.monotonic()
        self._tell()

    def advance(self, rows: int) -> None:
        self.done += rows
        if time.monotonic() - self.told > TOLD_EVERY:
            self._tell()

    def _tell(self) -> None:
        now = self.told = time.monotonic()
        part = self.done / self.total if self.total else 0.0
        report = Progress(
            step=self.name,
            done=self.done,
            total=self.total,
            share=self.before + self.share * part,
            speed=self.done / max(now - self.step_began, 0.001),
            seconds=now - self.began,
        )
        cache.set(_key(self.key), asdict(report), KEPT_SECONDS)


__all__ = ["CHECKING", "IMPORTING", "WRITING", "Progress", "Reporter", "asks_still", "forget", "progress_of"]
