"""Exports from request to erasure: masked at once, full numbers after a head has decided (DOMAIN section 6)."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from aixin.access.authority import deciders_for, decides_on, staff_at
from aixin.access.models import User
from aixin.access.permissions import may_edit
from aixin.access.scope import acting
from aixin.access.signals import message_due, message_settled
from aixin.audit.models import Action
from aixin.audit.trail import record
from aixin.exchange.choices import ExportState, FileFormat, Purpose
from aixin.exchange.exporting import ExportedList, Selection
from aixin.exchange.filling import KEPT, NOTICE, fill
from aixin.exchange.models import ColumnChoice, Export, StandingApproval

STANDING = datetime.timedelta(days=30)


class ExportError(Exception):
    """The export cannot be made or decided; the message is for the user."""


@dataclass(frozen=True)
class Terms:
    """What a requester states: what it is for, who is to have it, and whether the numbers stand in full."""

    purpose: Purpose
    recipient: str
    purpose_note: str = ""
    full: bool = False
    form_key: uuid.UUID | None = None
    columns: tuple[str, ...] = ()
    file_format: FileFormat = FileFormat.XLSX


@transaction.atomic
def request_export(user: User, listed: ExportedList, selection: Selection, terms: Terms) -> Export:
    """Make a masked export at once, or ask for one with full numbers; return it. Raises ExportError.

    The same form sent twice is one export.
    """
    _check_size(selection)
    if terms.full and not may_edit(user):
        raise ExportError("含完整号码的名单由县（市、区）及以下导出。")
    export = _drafted(user, listed, selection, terms)
    if not _kept_first(export):
        first: Export = Export.objects.without_content().get(requested_by=user, form_key=export.form_key)
        return first
    record(user, Action.CREATE, export, what=listed.title, rows=export.rows, full=export.full)
    remember_columns(user, listed.kind, terms.columns)
    if not terms.full:
        fill(export, user, selection)
    elif not _by_standing_approval(export, user):
        _ask(export, user)
    return export


def _check_size(selection: Selection) -> None:
    if selection.is_too_long:
        raise ExportError(f"一次最多导出 {selection.limit:,} 行，请先按地区或类别筛选后再导出。")
    if not selection.count:
        raise ExportError("没有符合条件的记录，不用导出。")


def _drafted(user: User, listed: ExportedList, selection: Selection, terms: Terms) -> Export:
    post = user.acting_post
    assert post is not None
    assert post.region_id is not None
    ids = selection.ids()
    return Export(
        kind=listed.kind,
        title=listed.title,
        region_id=post.region_id,
        filters=selection.words,
        full=terms.full,
        state=ExportState.REQUESTED,
        rows=len(ids),
        model_label=listed.label,
        row_ids=ids,
        columns=list(terms.columns),
        file_format=terms.file_format,
        area=selection.area,
        purpose=terms.purpose,
        purpose_note=terms.purpose_note,
        recipient=terms.recipient,
        form_key=terms.form_key or uuid.uuid4(),
        requested_by=user,
    )


def _kept_first(export: Export) -> bool:
    """Store a new export; return whether it is not the second click of a form that has come in before."""
    try:
        with transaction.atomic():
            export.save()
    except IntegrityError:
        return False
    return True


def _by_standing_approval(export: Export, user: User) -> bool:
    """Make an export that a standing approval covers; return whether one did."""
    standing = (
        StandingApproval.objects.visible_to(user)
        .valid()
        .filter(
            requester=user,
            region_id=export.region_id,
            kind=export.kind,
            purpose=export.purpose,
            purpose_note=export.purpose_note,
            recipient=export.recipient,
        )
        .first()
    )
    if standing is None:
        return False
    export.standing = standing
    fill(export, user)
    return True


def _ask(export: Export, user: User) -> None:
    deciders = deciders_for(user)
    if not deciders:
        raise ExportError(nobody_decides(user))
    message_due.send(
        Export,
        to=deciders,
        code=export.region_id,
        kind=NOTICE,
        key=_asked(export),
        title=f"{user.get_full_name()}申请导出{export.title}（含完整号码）"[:100],
        body=f"共 {export.rows:,} 行，用途：{export.purpose_text}，接收：{export.recipient}。请审批。",
        link=reverse("exports:detail", args=[export.pk]),
    )


def _asked(export: Export) -> str:
    return f"export:{export.pk}:asked"


def nobody_decides(user: User) -> str:
    """Return the sentence for an office over which nobody is marked as head."""
    post = user.acting_post
    place = post.label if post else ""
    return f"{place}和上级妇联都没有标明负责人，没有人可以审批。请联系系统管理员标明负责人，或改为导出号码隐去的名单。"


def remember_columns(user: User, kind: str, columns: Iterable[str]) -> None:
    """Keep a user's choice of columns for her next export of the ledger; no choice is the usual ones again."""
    assert user.acting_post is not None
    ColumnChoice.objects.update_or_create(
        user=user, region_id=user.acting_post.region_id, kind=kind, defaults={"columns": list(columns)}
    )


def remembered_columns(user: User, kind: str) -> list[str]:
    """Return the columns that the user chose last in this post; none when she never did."""
    found = ColumnChoice.objects.visible_to(user).filter(user=user, kind=kind)
    post = user.acting_post
    mine = found.filter(region_id=post.region_id).first() if post else None
    return mine.columns if mine else []


def requester_of(export: Export) -> User:
    """Return who asked, acting in the post she asked in. Raises ExportError when she does not hold it any more."""
    user = staff_at(export.requested_by_id, export.region_id)
    if user is None:
        raise ExportError("申请人已不在原来的岗位，不能批准。")
    return user


def awaiting(user: User) -> list[Export]:
    """Return the requests in the user's scope that she may decide on, the oldest first."""
    post = user.acting_post
    if post is None or not post.is_head:
        return []
    requests = list(Export.objects.visible_to(user).requested().without_content().order_by("id"))
    asked = [(export.region_id, export.requested_by_id) for export in requests]
    return [export for export, hers in zip(requests, decides_on(user, asked), strict=True) if hers]


def may_decide(user: User, export: Export) -> bool:
    """Return whether the user is one of those who decide on an open request; never who asked."""
    return export.is_requested and decides_on(user, [(export.region_id, export.requested_by_id)])[0]


@dataclass(frozen=True)
class Decision:
    """What a head decides; `standing` saves the next requests for the same purpose and recipient."""

    approved: bool
    remark: str = ""
    standing: bool = False


@transaction.atomic
def decide(user: User, export: Export, decision: Decision) -> Export:
    """Approve or refuse a request and return it. Raises ExportError when it is decided already or not hers to decide.

    The file is made as the requester sees the rows, so that who decides need not be allowed to.
    """
    locked: Export = Export.objects.select_for_update(of=("self",)).get(pk=export.pk)
    if not locked.is_requested:
        raise ExportError("这份申请已经有人处理过了。")
    if not may_decide(user, locked):
        raise ExportError("这份申请不由您审批。")
    locked.decided_by, locked.decided_at, locked.remark = user, timezone.now(), decision.remark
    if decision.approved:
        _approve(locked, decision)
    else:
        locked.state = ExportState.REFUSED
        locked.save()
    record(user, Action.UPDATE, locked, decision="approved" if decision.approved else "refused")
    message_settled.send(Export, key=_asked(locked))
    _tell_requester(locked)
    return locked


def _approve(export: Export, decision: Decision) -> None:
    requester = requester_of(export)
    if not may_edit(requester):
        raise ExportError("申请人已无权导出含完整号码的名单，不能批准。")
    if decision.standing:
        export.standing = _granted(export)
    with acting(requester):
        fill(export, requester)


def _granted(export: Export) -> StandingApproval:
    assert export.decided_by is not None
    standing = StandingApproval.objects.create(
        region_id=export.region_id,
        kind=export.kind,
        title=export.title,
        requester_id=export.requested_by_id,
        purpose=export.purpose,
        purpose_note=export.purpose_note,
        recipient=export.recipient,
        granted_by=export.decided_by,
        until=timezone.localdate() + STANDING,
    )
    record(export.decided_by, Action.CREATE, standing, until=str(standing.until))
    return standing


def _tell_requester(export: Export) -> None:
    approved = export.state != ExportState.REFUSED
    message_due.send(
        Export,
        to=[export.requested_by],
        code=export.region_id,
        kind=NOTICE,
        key=f"export:{export.pk}:decided",
        title=f"导出{export.title}（含完整号码）{'已批准' if approved else '未批准'}"[:100],
        body=_answer(export),
        link=reverse("exports:detail", args=[export.pk]),
    )


def _answer(export: Export) -> str:
    if export.state == ExportState.REFUSED:
        return f"未批准：{export.remark}"
    return (
        "已批准，文件正在生成，好了再告诉您。" if export.is_waiting else f"已批准，{KEPT.days} 天内可下载。"
    )


def may_revoke(user: User, standing: StandingApproval) -> bool:
    """Return whether the user may take a standing approval back: a head of the region, or who gave it."""
    post = user.acting_post
    return standing.granted_by_id == user.pk or (post is not None and post.is_head)


@transaction.atomic
def revoke(user: User, standing: StandingApproval) -> None:
    """Take a standing approval back; a second time changes nothing."""
    changed = StandingApproval.objects.filter(pk=standing.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now(), revoked_by=user
    )
    if changed:
        record(user, Action.UPDATE, standing, revoked=True)
