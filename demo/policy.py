"""What the demo city decided about pairing: two volunteers a child, and 文水's classification (DOMAIN section 4)."""

from demo.figures import CITY
from pairing.matching.problem import Trait
from pairing.models import MatchingPolicy
from volunteers.choices import VolunteerKind

WENSHUI = "141121"
WANTED = 2
WENSHUI_RULES = [
    {"trait": Trait.DISABLED, "name": "助残协会", "unit_words": ["助残", "残联"]},
    {
        "trait": Trait.HIGH_SCHOOL,
        "name": "教育系统",
        "kinds": [VolunteerKind.TEACHER],
        "unit_words": ["学校", "中学", "教育"],
    },
    {
        "trait": Trait.FAMILY_CASE,
        "name": "政法系统",
        "kinds": [VolunteerKind.JUDGE, VolunteerKind.PROSECUTOR, VolunteerKind.POLICE],
        "unit_words": ["法院", "检察院", "公安"],
    },
]


def make_policies() -> None:
    """Store the decisions of the city and of 文水县; the other counties follow the city."""
    MatchingPolicy.objects.create(region_id=CITY, wanted=WANTED)
    MatchingPolicy.objects.create(region_id=WENSHUI, classifications=WENSHUI_RULES)
