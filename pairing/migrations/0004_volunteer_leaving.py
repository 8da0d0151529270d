from django.db import migrations

# A volunteer who leaves her home county may stand by children of another, whose rows that county's staff neither
# sees nor writes. Her pairings end all the same, and no child there is left without a main volunteer while it has one.
FORWARD = """
CREATE FUNCTION aixin_end_pairings_elsewhere(leaving bigint, today date) RETURNS int LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public AS $$
DECLARE
    ended record;
    number int := 0;
BEGIN
    PERFORM 1 FROM volunteers_volunteer WHERE id = leaving AND state = 'LEFT'
        AND region_code >= coalesce(current_setting('aixin.lo', true), '')
        AND region_code < coalesce(current_setting('aixin.hi', true), '');
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    FOR ended IN
        UPDATE pairing_pairing SET state = 'ENDED', end_reason = 'RESIGNED', is_main = false, updated_at = now(),
               ended_on = greatest(today, coalesce(started_on, today))
        WHERE volunteer_id = leaving AND state IN ('PROPOSED', 'CONSENT', 'ACTIVE', 'PAUSED')
        RETURNING id, child_id
    LOOP
        number := number + 1;
        UPDATE notify_notice SET resolved_at = now() WHERE subject = 'pairing:' || ended.id AND resolved_at IS NULL;
        UPDATE pairing_pairing SET is_main = true WHERE id = (
            SELECT id FROM pairing_pairing WHERE child_id = ended.child_id AND state = 'ACTIVE'
            ORDER BY is_main DESC, started_on, id LIMIT 1);
    END LOOP;
    RETURN number;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("pairing", "0003_row_level_security"), ("notify", "0002_row_level_security")]

    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION aixin_end_pairings_elsewhere(bigint, date)")]
