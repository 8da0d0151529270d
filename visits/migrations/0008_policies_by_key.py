from django.db import migrations

from aixin.access.row_security import setting

# A set that is too large to be hashed is read through for every row: with a million visits a page took minutes. Asked by
# key, each row costs a look into an index; where the set is small the planner still hashes it. Same rows, same rights.
HISTORIES = {
    "volunteers_volunteerevent": "volunteers_volunteer",
    "children_childevent": "children_child",
    "children_guardianevent": "children_guardian",
    "children_needevent": "children_need",
    "children_parentevent": "children_parent",
    "pairing_pairingevent": "pairing_pairing",
    "visits_visitevent": "visits_visit",
    "visits_situationevent": "visits_situation",
}
STAFF = f"{setting('lo')} <> ''"
SEES_CHILD = (
    "EXISTS (SELECT FROM children_child c WHERE c.id = child_id)",
    "child_id IN (SELECT id FROM children_child)",
)
SOMEBODY = f"({STAFF} OR {setting('user_id')} <> '')"


def reaching(table: str, key: str) -> tuple[str, str]:
    """Return "one of the visible children was reached by the visit", by key and as a set."""
    return (
        f"EXISTS (SELECT FROM visits_visitedchild x WHERE x.visit_id = {table}.{key})",
        f"{key} IN (SELECT visit_id FROM visits_visitedchild)",
    )


def altered(policy: str, table: str, by_key: str, as_set: str, *, writes: bool = False) -> migrations.RunSQL:
    """Return the operation that asks a policy's question by key, and takes it back to the set."""
    forward, backward = (
        f"ALTER POLICY {policy} ON {table} USING ({said})" + (f" WITH CHECK ({said})" if writes else "")
        for said in (by_key, as_set)
    )
    return migrations.RunSQL(forward, backward)


def of_staff(condition: tuple[str, str]) -> list[str]:
    """Return a condition's two forms, for staff alone."""
    return [f"{said} AND {STAFF}" for said in condition]


class Migration(migrations.Migration):
    """Policies that follow other tables' rows ask by key."""

    dependencies = [("visits", "0007_situations")]

    operations = [
        altered("staff_all", "visits_visitedchild", *of_staff(SEES_CHILD), writes=True),
        altered("staff_all", "visits_callback", *of_staff(SEES_CHILD), writes=True),
        altered("staff_all", "visits_callattempt", *of_staff(SEES_CHILD), writes=True),
        altered("follows_select", "visits_visit", *of_staff(reaching("visits_visit", "id"))),
        altered(
            "visited_all",
            "visits_visit_volunteers",
            *reaching("visits_visit_volunteers", "visit_id"),
            writes=True,
        ),
        altered(
            "follows_all",
            "visits_visitphoto",
            f"{SOMEBODY} AND EXISTS (SELECT FROM visits_visit v WHERE v.id = visit_id)",
            f"{SOMEBODY} AND visit_id IN (SELECT id FROM visits_visit)",
            writes=True,
        ),
        altered(
            "paired_select",
            "volunteers_volunteer",
            "EXISTS (SELECT FROM pairing_pairing p WHERE p.volunteer_id = volunteers_volunteer.id)",
            "id IN (SELECT volunteer_id FROM pairing_pairing)",
        ),
        *(
            altered(
                "follows_select",
                history,
                f"EXISTS (SELECT FROM {tracked} t WHERE t.id = pgh_obj_id)",
                f"pgh_obj_id IN (SELECT id FROM {tracked})",
            )
            for history, tracked in HISTORIES.items()
        ),
    ]
