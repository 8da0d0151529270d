"""What an import did, told to the apps above."""

from django.dispatch import Signal

# Sent by a resource with `pks` of its roster's rows that were created or changed, inside the import's transaction.
rows_stored = Signal()
