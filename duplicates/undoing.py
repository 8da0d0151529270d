"""Taking a merge back within thirty days, as long as nothing newer touches the two records."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from aixin.access.history import last_touches
from aixin.access.models import User
from aixin.access.scope import EVERYTHING, opened
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.images import Image
from aixin.exchange.undo import UndoError, check_kept, restore_changed
from duplicates.choices import State
from duplicates.journal import Journal
from duplicates.kinds import Kind, kind_of, kinds
from duplicates.models import Pair
from duplicates.services import DuplicateError, look_at

DAYS = 30


@dataclass(frozen=True)
class Obstacle:
    """One thing that stands in the way: what it is, by whom and since when."""

    what: str
    who: str = ""
    at: Any = None


def is_undoable(pair: Pair) -> bool:
    """Return whether a pair is merged and what taking it back needs is still kept."""
    return pair.state == State.MERGED and pair.journal is not None


def obstacles(pair: Pair, *, lock: bool = False) -> list[Obstacle]:
    """Return what stands in the way of taking a merge back, each matter once."""
    journal = Journal.unpacked(pair.journal)
    found: dict[str, Obstacle] = {}
    with kind_of(pair).reach():
        for obstacle in [*_changed(pair, journal.image, lock=lock), *_newer(pair, journal)]:
            found.setdefault(obstacle.what, obstacle)
    return list(found.values())


def _changed(pair: Pair, image: Image, *, lock: bool) -> list[Obstacle]:
    found = []
    for table in image.tables:
        present = table.present(lock=lock)
        changed = [
            row.pk for row in table.rows if row.pk not in present or not table.is_same(row, present[row.pk])
        ]
        if changed:
            what = "档案" if table.model is kind_of(pair).model else str(table.model._meta.verbose_name)
            found.append(_obstacle(pair, table.model, changed, f"{what}改动过"))
    return found


def _newer(pair: Pair, journal: Journal) -> list[Obstacle]:
    rows = journal.newer(kind_of(pair), [pair.first_id, pair.second_id])
    return [_obstacle(pair, model, [pk], f"有新的{model._meta.verbose_name}") for model, pk in rows]


def _obstacle(pair: Pair, model: type[Model], pks: list[int], what: str) -> Obstacle:
    touches = last_touches(model, pks, pair.decided_at) if hasattr(model, "events") else {}
    return Obstacle(what, *next(iter(touches.values()), ("", None)))


@transaction.atomic
def take_back(actor: User, pair: Pair) -> Pair:
    """Make two records of a merged pair again and return it; a second call changes nothing.

    Raises DuplicateError, and then nothing is changed, when its time is over or something newer touches the records.
    """
    kind = kind_of(pair)
    # The records before the pair, in the order of their keys, as a merge locks them.
    rows = kind.model.objects.select_for_update(of=("self",)).order_by("pk")
    records = {row.pk: row for row in rows.filter(pk__in=[pair.first_id, pair.second_id])}
    locked: Pair = kind.pairs.objects.select_for_update(of=("self",)).get(pk=pair.pk)
    locked.first, locked.second = records[locked.first_id], records[locked.second_id]
    if locked.is_open:
        return locked
    if not is_undoable(locked):
        raise DuplicateError("这次合并已过30天或已撤销，不能撤销了。")
    if obstacles(locked, lock=True):
        raise DuplicateError("合并之后又有改动，不能撤销。档案没有变化。")
    with kind.reach():
        _restore(kind, locked)
    locked.state, locked.journal = State.OPEN, None
    locked.decided_by, locked.decided_at = actor, timezone.now()
    locked.save(update_fields=["state", "journal", "decided_by", "decided_at"])
    record(actor, Action.WITHDRAW, locked, reason="撤销合并")
    look_at(kind, [locked.first_id, locked.second_id])
    return locked


def _restore(kind: Kind, pair: Pair) -> None:
    journal = Journal.unpacked(pair.journal)
    try:
        for table in journal.image.tables:
            check_kept(table)
        with transaction.atomic(), connection.cursor() as cursor:
            kind.release(kind.model.objects.filter(pk__in=[pair.first_id, pair.second_id]))
            restore_changed(cursor, journal.image)
            journal.put_back(kind)
    except UndoError as error:
        raise DuplicateError("合并之后系统升级或更换过密钥，或有的记录已不在您的范围，不能撤销。") from error
    except IntegrityError as error:
        raise DuplicateError("恢复后会与现有的记录冲突，不能撤销。档案没有变化。") from error
    journal.readdress()


def finish_old() -> int:
    """Let merges of more than thirty days ago stand: forget what undoing needs, empty the doubles; return how many."""
    limit = timezone.now() - datetime.timedelta(days=DAYS)
    with opened(EVERYTHING):
        return sum(_finish_before(kind, limit) for kind in kinds())


def _finish_before(kind: Kind, limit: datetime.datetime) -> int:
    over = kind.pairs.objects.filter(state=State.MERGED, decided_at__lt=limit, journal__isnull=False)
    pairs = list(over.select_for_update(of=("self",)).select_related("first", "second"))
    for pair in pairs:
        for row in (pair.first, pair.second):
            if row.is_merged:
                kind.empty_double(row)
        pair.journal = None
        pair.save(update_fields=["journal"])
    return len(pairs)
