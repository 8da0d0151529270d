from django.db import migrations

from aixin.access.row_security import MY_CHILDREN, MY_VOLUNTEER, in_range, protect, protect_history


class Migration(migrations.Migration):
    """A volunteer sees her own pairings, past ones too, and who else stands by her children now."""

    dependencies = [
        ("pairing", "0002_pairing_follows_child"),
        ("children", "0002_row_level_security"),
        ("volunteers", "0002_row_level_security"),
    ]

    operations = [
        protect(
            "pairing_pairing",
            staff_all=in_range(),
            volunteer_select=f"volunteer_id = {MY_VOLUNTEER} OR (state = 'ACTIVE' AND child_id = ANY({MY_CHILDREN}))",
        ),
        protect_history("pairing_pairingevent", "pairing_pairing"),
    ]
