"""What happens to offices, told to the apps above."""

from django.dispatch import Signal

# Sent with `old_user`, `new_user`, `region` (the village) and `actor`, inside the transaction of the succession.
chair_succeeded = Signal()
