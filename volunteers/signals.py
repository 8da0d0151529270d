"""What happens to a volunteer, told to the apps above."""

from django.dispatch import Signal

# Sent with `volunteer`, after she was registered or corrected.
volunteer_saved = Signal()
# Sent with `volunteer` and `actor`, inside the transaction in which she leaves.
volunteer_left = Signal()
# Sent with `volunteer`, `actor` and `former` (the clearance before), after the result of a 准入查询 was kept.
clearance_recorded = Signal()
