from django.db import migrations

from aixin.access.row_security import MY_CHILDREN, in_range, protect, protect_history

# Whose children a volunteer sees. A definer function, because a policy that read pairings and one of pairings
# that read children would recurse. Answers for the account of the transaction's scope only.
MY_CHILDREN_FUNCTION = """
CREATE FUNCTION aixin_my_children() RETURNS bigint[] LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public AS $$
BEGIN
    IF coalesce(current_setting('aixin.user_id', true), '') = '' THEN
        RETURN ARRAY[]::bigint[];
    END IF;
    RETURN coalesce((
        SELECT array_agg(p.child_id) FROM pairing_pairing p JOIN volunteers_volunteer v ON v.id = p.volunteer_id
        WHERE p.state = 'ACTIVE' AND v.user_id = current_setting('aixin.user_id', true)::bigint
    ), ARRAY[]::bigint[]);
END $$;
"""

# Which of these IDs stand on a roster outside the caller's range: yes or no for each, never where or who.
IDS_ELSEWHERE_FUNCTION = """
CREATE FUNCTION aixin_child_ids_elsewhere(wanted text[]) RETURNS SETOF varchar LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public AS $$
    SELECT idno_index FROM children_child
    WHERE idno_index = ANY(wanted) AND coalesce(current_setting('aixin.lo', true), '') <> ''
      AND NOT (region_code >= current_setting('aixin.lo', true) AND region_code < current_setting('aixin.hi', true))
$$;
"""
DROP = "DROP FUNCTION aixin_my_children(); DROP FUNCTION aixin_child_ids_elsewhere(text[]);"


SEEN_BY_VOLUNTEER = f"child_id = ANY({MY_CHILDREN})"


class Migration(migrations.Migration):
    dependencies = [("children", "0001_initial")]

    operations = [
        migrations.RunSQL(MY_CHILDREN_FUNCTION + IDS_ELSEWHERE_FUNCTION, DROP),
        protect("children_child", staff_all=in_range(), volunteer_select=f"id = ANY({MY_CHILDREN})"),
        protect("children_guardian", staff_all=in_range(), volunteer_select=SEEN_BY_VOLUNTEER),
        protect("children_need", staff_all=in_range(), volunteer_select=SEEN_BY_VOLUNTEER),
        protect("children_parent", staff_all=in_range()),
        protect_history("children_childevent", "children_child"),
        protect_history("children_guardianevent", "children_guardian"),
        protect_history("children_parentevent", "children_parent"),
        protect_history("children_needevent", "children_need"),
    ]
