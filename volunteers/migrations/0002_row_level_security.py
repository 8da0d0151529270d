from django.db import migrations

from aixin.access.row_security import in_range, protect, protect_history, setting

IDS_ELSEWHERE_FUNCTION = """
CREATE FUNCTION aixin_volunteer_ids_elsewhere(wanted text[]) RETURNS SETOF varchar LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS $$
    SELECT idno_index FROM volunteers_volunteer
    WHERE idno_index = ANY(wanted) AND coalesce(current_setting('aixin.lo', true), '') <> ''
      AND NOT (region_code >= current_setting('aixin.lo', true) AND region_code < current_setting('aixin.hi', true))
$$;
CREATE FUNCTION aixin_my_volunteer() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS $$
    SELECT id FROM volunteers_volunteer
    WHERE user_id = nullif(coalesce(current_setting('aixin.user_id', true), ''), '')::bigint
$$;
"""
DROP = "DROP FUNCTION aixin_volunteer_ids_elsewhere(text[]); DROP FUNCTION aixin_my_volunteer();"


class Migration(migrations.Migration):
    """Staff write the volunteers of their range, and read those within reach and those paired with their children."""

    dependencies = [("volunteers", "0001_initial"), ("pairing", "0001_initial")]

    operations = [
        migrations.RunSQL(IDS_ELSEWHERE_FUNCTION, DROP),
        protect(
            "volunteers_volunteer",
            staff_all=in_range(),
            reach_select=in_range(prefix="reach_"),
            paired_select="id IN (SELECT volunteer_id FROM pairing_pairing)",
            herself_select=f"user_id::text = {setting('user_id')}",
        ),
        protect_history("volunteers_volunteerevent", "volunteers_volunteer"),
    ]
