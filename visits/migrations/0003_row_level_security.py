from django.db import migrations

from aixin.access.row_security import MY_CHILDREN, MY_VOLUNTEER, in_range, protect, protect_history, setting

MINE = f"recorded_by_id::text = {setting('user_id')}"


class Migration(migrations.Migration):
    """Access to a visit follows its children; a volunteer sees the visits that she made or wrote down."""

    dependencies = [("visits", "0002_links_and_rules"), ("pairing", "0003_row_level_security")]

    operations = [
        protect(
            "visits_visit",
            staff_all=in_range(),
            follows_select=f"{setting('lo')} <> '' AND id IN (SELECT visit_id FROM visits_visitedchild)",
            author_select=MINE,
            author_insert=MINE,
            author_update=MINE,
            made_select=f"id IN (SELECT visit_id FROM visits_visit_volunteers WHERE volunteer_id = {MY_VOLUNTEER})",
        ),
        protect(
            "visits_visitedchild",
            staff_all="child_id IN (SELECT id FROM children_child) AND " + f"{setting('lo')} <> ''",
            volunteer_all=f"child_id = ANY({MY_CHILDREN})",
        ),
        protect(
            "visits_visit_volunteers",
            visited_all="visit_id IN (SELECT visit_id FROM visits_visitedchild)",
            herself_select=f"volunteer_id = {MY_VOLUNTEER}",
        ),
        protect_history("visits_visitevent", "visits_visit"),
    ]
