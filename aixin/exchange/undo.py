"""Taking an import back: its rows as they were, ciphertext verbatim, as long as nothing newer touches them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django.db import IntegrityError, connection, transaction
from django.db.models import ForeignKey, ManyToOneRel, Model
from django.urls import reverse
from django.utils import timezone

from aixin.access.history import last_touches
from aixin.access.models import User
from aixin.access.permissions import may_edit
from aixin.access.regions import contains
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.choices import ImportState
from aixin.exchange.images import (
    Image,
    TableImage,
    columns_of,
    images_of,
    names,
    pointing_at,
    relation_name,
    relations_to,
    table_of,
)
from aixin.exchange.models import ImportJob
from aixin.exchange.roster import Watch, lock_county, roster_of
from aixin.exchange.signals import job_undone
from aixin.privacy.cipher import DecryptionError

SHOWN = 50
GONE, CHANGED, NEW = "已不在名册里，可能转走或删除", "改动过", "有新的"


class UndoError(Exception):
    """The import cannot be taken back; the message is for the user."""


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way: at whose row, what it is, by whom and since when."""

    no: str
    name: str
    url: str
    what: str
    who: str = ""
    at: Any = None


@dataclass(frozen=True)
class Outlook:
    """What taking an import back would do, and what stands in the way."""

    created: int
    restored: int
    obstacles: list[Obstacle]
    total: int

    @property
    def is_clear(self) -> bool:
        return not self.total

    @property
    def untold(self) -> int:
        """How many obstacles are not listed."""
        return self.total - len(self.obstacles)


def may_undo(user: User, job: ImportJob) -> bool:
    """Return whether the user may take a job back: who uploaded it, or the head of its office or of one above it."""
    if not may_edit(user):
        return False
    post = user.acting_post
    assert post is not None
    is_head = post.is_head and contains(post.region_id or "-", job.region_id)
    return job.created_by_id == user.pk or is_head


def is_undoable(job: ImportJob) -> bool:
    """Return whether a job of a roster that can be taken back has been imported, and what that needs is still kept."""
    return job.state == ImportState.DONE and not job.is_over and bool(roster_of(job.kind).footprint)


def outlook(user: User, job: ImportJob) -> Outlook:
    """Return what taking a job back would do now. Raises UndoError when nothing is kept of it."""
    return _outlook(user, job, lock=False)


@transaction.atomic
def undo_job(user: User, job: ImportJob, watch: Watch | None = None) -> ImportJob:
    """Take a job back and return it; a second call changes nothing. Raises UndoError, and then nothing is changed."""
    locked = job.locked()
    if locked.state == ImportState.UNDONE:
        return locked
    if locked.state not in {ImportState.DONE, ImportState.UNDOING} or locked.is_over:
        raise UndoError("这次导入现在不能撤销。")
    lock_county(locked.region_id)
    found = _outlook(user, locked, lock=True)
    if not found.is_clear:
        raise UndoError(f"有 {found.total:,} 处后来的改动，不能撤销。名册没有变化。")
    with pghistory.context(user=user.pk):
        _take_back(locked, watch or Watch())
    locked.state, locked.undone_by, locked.undone_at = ImportState.UNDONE, user, timezone.now()
    locked.failure = ""
    locked.save(update_fields=["state", "undone_by", "undone_at", "failure"])
    locked.images.all().delete()
    record(user, Action.WITHDRAW, locked, kind=locked.kind, created=found.created, restored=found.restored)
    job_undone.send(ImportJob, job=locked)
    return locked


def _take_back(job: ImportJob, watch: Watch) -> None:
    """Delete what the import created, then give back what it changed; raise UndoError where that clashes."""
    portions = job.images.count()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # Foreign keys are checked at the commit otherwise, too late to say anything.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            watch.step("撤销", portions * 2)
            for step in (_delete_created, restore_changed):
                for image in images_of(job):
                    step(cursor, image)
                    watch.advance(1)
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError as error:
        raise UndoError(
            "恢复后会与名册里现有的记录冲突（比如身份证号相同），不能撤销。名册没有变化。"
        ) from error


def _delete_created(cursor: Any, image: Image) -> None:
    for table in reversed(image.tables):
        if table.created:
            cursor.execute(
                f"DELETE FROM {table_of(table.model)} WHERE id = ANY(%s)",  # noqa: S608 - names of our models
                [sorted(table.created)],
            )
            _check_all(cursor, len(table.created))


def restore_changed(cursor: Any, image: Image) -> None:
    for table in image.tables:
        former = table.former()
        if former:
            name, columns = table_of(table.model), [c for c in table.columns if c != "id"]
            values = ", ".join(f"r.{names([column])}" for column in columns)
            cursor.execute(
                f"UPDATE {name} t SET ({names(columns)}) = ROW({values})"  # noqa: S608 - names of our models
                f" FROM json_populate_recordset(NULL::{name}, %s::json) r WHERE t.id = r.id",
                [f"[{','.join(former)}]"],
            )
            _check_all(cursor, len(former))


def _check_all(cursor: Any, expected: int) -> None:
    if cursor.rowcount != expected:
        raise UndoError("有的记录已不在您能修改的范围，不能撤销。名册没有变化。")


def _outlook(user: User, job: ImportJob, *, lock: bool) -> Outlook:
    finder = _Finder(user, job, lock=lock)
    created = restored = 0
    for image in images_of(job):
        finder.look_at(image)
        created += len(image.tables[0].created)
        restored += len(
            {row.target for table in image.tables for row in table.rows} - image.tables[0].created
        )
    return Outlook(created, restored, finder.obstacles(), len(finder.found))


@dataclass
class _Finder:
    """Gathers what stands in the way of taking a job back; each matter once for each of the roster's rows."""

    user: User
    job: ImportJob
    lock: bool
    # Target and matter, to who did it and when.
    found: dict[tuple[int, str], tuple[str, Any]] = field(default_factory=dict)

    def look_at(self, image: Image) -> None:
        for table in image.tables:
            check_kept(table)
            self._find_changed(table, is_own=table is image.tables[0])
            self._find_pointing(image, table)

    def obstacles(self) -> list[Obstacle]:
        """Return the first of them, in words that the user may read."""
        listed = list(self.found.items())[:SHOWN]
        shown = roster_of(self.job.kind).shown_as(self.user, {target for (target, _), _ in listed})
        return [self._obstacle(target, what, shown.get(target), *touch) for (target, what), touch in listed]

    def _obstacle(self, target: int, what: str, shown: tuple[str, str] | None, who: str, at: Any) -> Obstacle:
        if shown is None:
            return Obstacle("", "", "", GONE)
        return Obstacle(*shown, reverse(f"{self.job.kind}:detail", args=[target]), what, who, at)

    def _find_changed(self, table: TableImage, *, is_own: bool) -> None:
        present = table.present(lock=self.lock)
        changed = [r for r in table.rows if r.pk not in present or not table.is_same(r, present[r.pk])]
        if not changed:
            return
        touches = last_touches(table.model, [row.pk for row in changed], self.job.confirmed_at)
        of_person = is_own and roster_of(self.job.kind).names_persons
        whose = "本人资料" if of_person else str(table.model._meta.verbose_name)
        for row in changed:
            what = f"{whose}{CHANGED if row.pk in present else '已删除'}"
            self._note(row.target, what, touches.get(row.pk))

    def _find_pointing(self, image: Image, table: TableImage) -> None:
        """Find rows that point at what the import created, or at what it brought back, and are not its own."""
        watched = table.created | (image.relied_on if table is image.tables[0] else set())
        if not watched:
            return
        targets = {row.pk: row.target for row in table.rows}
        own = {other.label: other.created for other in image.tables}
        for relation in relations_to(table.model):
            known = image.pointing.get(relation_name(relation), set()) | own.get(
                relation.related_model._meta.label,
                set(),
            )
            newer = {pk: to for pk, to in pointing_at(relation, watched) if pk not in known}
            self._note_pointing(relation, newer, targets)

    def _note_pointing(self, relation: ManyToOneRel, newer: dict[int, int], targets: dict[int, int]) -> None:
        if not newer:
            return
        subject, keys = subject_of(relation, newer)
        touches = last_touches(subject, keys.values(), self.job.confirmed_at) if _has_history(subject) else {}
        for pk, to in newer.items():
            self._note(targets[to], f"{NEW}{subject._meta.verbose_name}", touches.get(keys[pk]))

    def _note(self, target: int, what: str, touch: tuple[str, Any] | None) -> None:
        self.found.setdefault((target, what), touch or ("", None))


def check_kept(table: TableImage) -> None:
    """Raise UndoError where the former rows do not fit the tables or the keys any more."""
    if not set(table.columns) <= set(columns_of(table.model)):
        raise UndoError("导入之后系统升级过，这次导入不能撤销了。名册没有变化。")
    try:
        table.former()
    except DecryptionError as error:
        raise UndoError("导入之后更换过密钥，这次导入不能撤销了。名册没有变化。") from error


def _has_history(model: Any) -> bool:
    return hasattr(model, "events")


def subject_of(relation: ManyToOneRel, pks: Iterable[int]) -> tuple[type[Model], dict[int, int]]:
    """Return the model that tells what some rows are about, and their keys there: of a link its visit, else itself."""
    model: Any = relation.related_model
    if not _has_history(model):
        for column in model._meta.local_concrete_fields:
            if (
                isinstance(column, ForeignKey)
                and column is not relation.field
                and _has_history(column.related_model)
            ):
                linked = model._default_manager.filter(pk__in=list(pks)).values_list("pk", column.attname)
                return column.related_model, dict(linked)
    return model, {pk: pk for pk in pks}
