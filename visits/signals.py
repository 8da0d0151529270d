"""What the apps above do about visits."""

from django.dispatch import Signal

# Visits were stored, corrected, withdrawn, imported or taken back. Sent inside the transaction with `visits`, their
# keys, and `children`, the keys of every child whom one of them reaches or reached before; with `added`, the visit, where it
# is a single new one, of which nothing followed yet; then the transaction sees everything.
visits_changed = Signal()
