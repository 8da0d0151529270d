"""Hands out the files that take longest first, so that no process is left alone with one of them at the end."""

from typing import Any

from xdist.scheduler import LoadFileScheduling

# Few tests each, so that they would come last otherwise.
LONG = (
    "tests/contract/test_pages_with_axe.py",
    "tests/browser/test_main_job.py",
    "tests/pairing/test_any_life.py",
    "tests/exchange/test_import_worker.py",
    "tests/exchange/test_long_exports.py",
    "tests/visits/test_reminder_worker.py",
    "tests/reports/test_coverage_property.py",
    "tests/pairing/matching/test_best.py",
    "tests/browser/test_idling.py",
    "tests/browser/test_pairing_walk.py",
    "tests/access/test_pgbouncer.py",
    "tests/local/test_supervisor.py",
    "tests/local/test_services.py",
    "tests/demo/test_demo_city.py",
)


class LongFilesFirst(LoadFileScheduling):
    """A file is one process's, as ever; only the order differs."""

    def _assign_work_unit(self, node: Any) -> None:
        for file in LONG:
            if file in self.workqueue:
                self.workqueue.move_to_end(file, last=False)
                break
        super()._assign_work_unit(node)
