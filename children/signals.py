"""What happens to a child, told to the apps above."""

from django.dispatch import Signal

# Sent with `child` and `actor`, inside the transaction that takes the child off the roster.
child_left = Signal()

# Sent with `child`, inside the transaction that stores a child typed in or corrected, or takes it back.
child_saved = Signal()

# Sent with `child` and `actor`, inside the transaction that records the guardian's refusal or withdrawal.
consent_refused = Signal()

# Sent with `child` and `actor`, inside the transaction that records the guardian's yes.
consent_given = Signal()

# Sent with `child`, `on` (the day), `actor` and `note`, inside the transaction that keeps that something changed at home.
change_reported = Signal()
