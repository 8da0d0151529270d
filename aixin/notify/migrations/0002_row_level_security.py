from django.db import migrations

from aixin.access.row_security import in_range, protect, setting

ADDRESSED = f"addressee = 'user:' || {setting('user_id')}"


class Migration(migrations.Migration):
    """Staff of the region, and the person to whom a notice is addressed."""

    dependencies = [("notify", "0001_initial"), ("volunteers", "0002_row_level_security")]

    operations = [
        protect(
            "notify_notice",
            staff_all=in_range(),
            # Whatever region a message is about: an office is told of what the one above decides.
            account_all=f"{setting('self_id')} <> '' AND addressee = 'user:' || {setting('self_id')}",
            addressee_all=f"{setting('user_id')} <> '' AND ({ADDRESSED} OR addressee = 'volunteer:' || (SELECT aixin_my_volunteer()))",
            paired_all=f"{setting('user_id')} <> '' AND subject IN (SELECT 'pairing:' || id FROM pairing_pairing)",
        )
    ]
