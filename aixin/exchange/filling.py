"""The file of an export: made at once, a long one in a task that is found again when its worker dies.

The rows are written down with the request; the file holds them as its requester sees them when it is made. A killed
worker leaves the export waiting, because file and state are one transaction.
"""

import datetime
import logging
import traceback
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import staff_at
from aixin.access.models import User
from aixin.access.scope import EVERYTHING, acting, opened
from aixin.access.signals import message_due
from aixin.exchange.choices import ExportState, FileFormat
from aixin.exchange.exporting import Selection, list_of, mark_of, name_of_area
from aixin.exchange.ledger_files import LedgerHead, ledger_csv, ledger_xlsx
from aixin.exchange.ledgers import LedgerRows
from aixin.exchange.models import Export
from aixin.exchange.progress import WRITING, Reporter, forget

logger = logging.getLogger(__name__)

TASK = "aixin.exchange.tasks.fill_export"
KEPT = datetime.timedelta(days=7)
NOTICE = "export"
# A message is taken for lost after this long without anybody at work; one too many does no harm.
PATIENCE = datetime.timedelta(minutes=2)
ATTEMPTS = 3
POST_LOST = "申请人已不在申请时的岗位，没有生成文件。"
NOT_MADE = "系统出错，文件没有生成。请再导出一次；还不行，请缩小范围，或告诉系统管理员。"


def fill(export: Export, user: User, selection: Selection | None = None) -> None:
    """Have the file made, as the requester sees the rows now: those of a selection, or those she asked for.

    A long one waits for the worker.
    """
    if export.rows <= settings.EXPORT_IN_PAGE_ROWS:
        _fill(export, user, selection.rows(export.columns, full=export.full) if selection else None)
        return
    export.state, export.queued_at, export.attempts = ExportState.WAITING, timezone.now(), 0
    export.save()
    _send_later(export.pk)


def _send_later(pk: int) -> None:
    # A broker that is away must not fail what is committed: `tend` sends it when it is back.
    transaction.on_commit(partial(current_app.send_task, TASK, [pk]), robust=True)


def _fill(export: Export, user: User, rows: LedgerRows | None = None) -> None:
    _wait_for_erasures()
    rows = rows or _asked_for(export, user)
    export.keep_content(_file(export, user, rows))
    export.rows, export.row_ids = len(rows.row_ids), rows.row_ids
    export.people, export.audit_subjects = sorted(rows.people), sorted(rows.subjects)
    export.state, export.expires_at = ExportState.READY, timezone.now() + KEPT
    export.save()


def _asked_for(export: Export, user: User) -> LedgerRows:
    selection = Selection(list_of(export.kind), user, QueryDict())
    return selection.rows_of(export.row_ids, export.columns, full=export.full)


def _file(export: Export, user: User, rows: LedgerRows) -> bytes:
    today, post = timezone.localdate(), user.acting_post
    head = LedgerHead(
        title=f"{name_of_area(export.area)}{export.title}",
        sheet=export.title,
        office=post.label if post else "",
        day=f"{today.year}年{today.month}月{today.day}日",
        unit=list_of(export.kind).unit,
        mark=mark_of(user, f"用途：{export.purpose_text}", f"接收：{export.recipient}"),
        note=export.contents + ("，请妥善保管，用后销毁" if export.full else ""),
    )
    return ledger_csv(head, rows) if export.file_format == FileFormat.CSV else ledger_xlsx(head, rows)


def work_on(pk: int) -> None:
    """Make the file that an export waits for, unless somebody is at it or it is there. A failure leaves a sentence."""
    export = _begun(pk)
    if export is None:
        return
    user = staff_at(export.requested_by_id, export.region_id)
    if user is None:
        _give_up(pk, POST_LOST)
    elif export.attempts > ATTEMPTS:
        _give_up(pk, NOT_MADE)
    else:
        _attempt(pk, user)


def _begun(pk: int) -> Export | None:
    """Count an attempt, so that no export is tried for ever; return the export if it waits."""
    with opened(EVERYTHING):
        waiting: Any = Export.objects.waiting().without_content().filter(pk=pk)
        export: Export | None = waiting.select_for_update(of=("self",), skip_locked=True).first()
        if export is None:
            return None
        Export.objects.filter(pk=pk).update(attempts=F("attempts") + 1)
        export.attempts += 1
        return export


def _attempt(pk: int, user: User) -> None:
    try:
        with acting(user):
            export = Export.objects.waiting().select_for_update(of=("self",), skip_locked=True).filter(pk=pk)
            for found in export:
                _fill_watched(found, user)
    except (OperationalError, InterfaceError):
        # The database went away or chose another transaction: `tend` sends the export again.
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the requester gets a sentence and the export an end
        # Without its message, in which the database may repeat a row.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("export %s: %s\n%s", pk, type(error).__name__, where)  # noqa: TRY400
        _give_up(pk, NOT_MADE)


def _fill_watched(export: Export, user: User) -> None:
    rows = _asked_for(export, user)
    rows.watch = Reporter(export.progress_key, WRITING)
    rows.watch.step("写入文件", export.rows)
    _fill(export, user, rows)
    forget(export.progress_key)
    _tell(export, "可以下载了", f"共 {export.rows:,} 行，{KEPT.days} 天内可下载。")


def _give_up(pk: int, sentence: str) -> None:
    with opened(EVERYTHING):
        waiting: Any = Export.objects.waiting().without_content().filter(pk=pk)
        for export in waiting.select_for_update(of=("self",)):
            forget(export.progress_key)
            export.state, export.failure = ExportState.FAILED, sentence
            export.save(update_fields=["state", "failure"])
            _tell(export, "没有生成", sentence)


def _tell(export: Export, title: str, body: str) -> None:
    message_due.send(
        Export,
        to=[export.requested_by],
        code=export.region_id,
        kind=NOTICE,
        key=f"export:{export.pk}:{export.state}",
        title=f"导出{export.title}：{title}",
        body=body,
        link=reverse("exports:detail", args=[export.pk]),
    )


def tend() -> int:
    """Send the exports again that nobody is at work on; return how many there were."""
    now = timezone.now()
    with opened(EVERYTHING):
        idle: Any = Export.objects.waiting().filter(queued_at__lt=now - PATIENCE).without_content()
        left = [export.pk for export in idle.select_for_update(of=("self",), skip_locked=True)]
        Export.objects.filter(pk__in=left).update(queued_at=now)
        for pk in left:
            _send_later(pk)
    return len(left)


_LOCK = "SELECT pg_advisory_xact_lock{}(hashtext('aixin.exports'))"


def _wait_for_erasures() -> None:
    """Let no file be made of rows that are being erased: erasures wait for files in the making, and these for them."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format("_shared"))


@transaction.atomic
def expire_exports() -> int:
    """Remove the files whose time is over and return how many there were; a missed day is caught up."""
    return _without_file(Export.objects.overdue())


@transaction.atomic
def destroy_exports_of(model_label: str, pk: int) -> int:
    """Remove the files of all exports, wherever they were made, that hold a row; return how many there were.

    For an erasure: `model_label` such as "children.child". Files that name the person in another's row are removed
    too. One being made at the moment is waited for; one made later has no such row any more.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(""))
    # The city's files lie outside the scope of the county that erases.
    with opened(EVERYTHING):
        return _without_file(Export.objects.ready().containing(model_label, pk))


def _without_file(exports: Any) -> int:
    return int(exports.update(content="", state=ExportState.EXPIRED))
