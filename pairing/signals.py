"""What happens to a pairing, told to the apps above."""

from django.dispatch import Signal

# Sent with `pairing` and `actor`, inside the transaction that ends it.
pairing_ended = Signal()
