"""What happens to a pairing, told to the apps above."""

from django.dispatch import Signal

# Sent with `pairing` and `actor`, inside the transaction that ends it.
pairing_ended = Signal()

# Sent with `pairing`, inside the transaction in which it becomes active or goes on after a pause.
pairing_begun = Signal()
