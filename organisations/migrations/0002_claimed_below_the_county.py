"""A township learns which of its own children are claimed, and nothing else of a claim, which lies at the county."""

from django.db import migrations

CLAIMED = """
CREATE FUNCTION aixin_claimed(code text) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS $$
    SELECT DISTINCT offering.child_id FROM organisations_claim claim
    JOIN organisations_offering offering ON offering.id = claim.offering_id
    JOIN children_child child ON child.id = offering.child_id
    WHERE claim.state = 'HELD' AND starts_with(child.region_code, code)
      AND coalesce(current_setting('aixin.lo', true), '') <> ''
      AND child.region_code >= current_setting('aixin.lo', true)
      AND child.region_code < current_setting('aixin.hi', true)
$$;
REVOKE EXECUTE ON FUNCTION aixin_claimed(text) FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'aixin_app') THEN
        GRANT EXECUTE ON FUNCTION aixin_claimed(text) TO aixin_app;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("children", "0006_wanted_volunteers"),
        ("organisations", "0001_teams_claims_postings"),
    ]

    operations = [migrations.RunSQL(CLAIMED, "DROP FUNCTION aixin_claimed(text)")]
