"""Whom a rejected row of an import names: read again from the encrypted file, with the clerk's corrections."""

from aixin.access.models import User
from aixin.access.regions import Level
from aixin.exchange.jobs import WorkbookError, table_of_job
from aixin.exchange.models import ImportJob
from aixin.exchange.roster import Watch, roster_of
from transfers.services import TransferError, Wanted

ELSEWHERE = "id_elsewhere"


def wanted_in_row(user: User, job: ImportJob, mark: str) -> Wanted:
    """Return the child that a row names, and the row's place; raise TransferError for a row that does not say both."""
    resource = roster_of(job.kind)(user, job.decisions())
    try:
        table = table_of_job(resource, job)
    except WorkbookError as error:
        raise TransferError(str(error)) from error
    table.rows = [row for row in table.rows if row.mark == mark]
    for draft in resource.drafts_of(table, Watch()):
        if draft.get("idno") and draft.region is not None and draft.region.level >= Level.TOWNSHIP:
            return Wanted(draft.get("name") or "", draft.get("idno"), draft.region)
    raise TransferError("请先改正这一行的姓名、身份证号和乡镇（街道）。")
