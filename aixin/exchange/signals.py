"""What an import did, told to the apps above."""

from django.dispatch import Signal

# Sent by a resource with `pks` of its roster's rows that were created or changed, inside the import's transaction.
rows_stored = Signal()
# Sent with `job` when an import was taken back, inside the transaction: its rows are gone or as they were.
job_undone = Signal()
