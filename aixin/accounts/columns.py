"""The columns of the roster of village women's chairs (村妇联主席)."""

from aixin.exchange.columns import Column
from aixin.exchange.headings import (
    COUNTY_WORDS,
    LIVING_GROUPS,
    PHONE_WORDS,
    TOWNSHIP_WORDS,
    VILLAGE_WORDS,
)
from aixin.exchange.roster import RosterResource

_CHAIR = ("村妇联主席", "妇联主席", "主席", "基本情况", "基本信息")
_CHAIR_WORDS = ("村妇联主席", "妇联主席", "主席", "村（社区）妇联主席", "社区妇联主席", "村妇联负责人")


class ChairColumns(RosterResource):
    """Declares the columns, once."""

    name = Column(
        "姓名",
        ("名字", *_CHAIR_WORDS, *(f"{word}姓名" for word in _CHAIR_WORDS)),
        _CHAIR,
        required=True,
        kind="name",
        leaves=("姓名", "名字"),
        unique=True,
    )
    phone = Column(
        "手机号",
        (*PHONE_WORDS, *(f"{word}{phone}" for word in _CHAIR_WORDS[:3] for phone in PHONE_WORDS)),
        _CHAIR,
        kind="phone",
        leaves=PHONE_WORDS,
        unique=True,
    )
    county = Column("县区", COUNTY_WORDS, LIVING_GROUPS, fill_down=True, kind="region")
    township = Column("乡镇", TOWNSHIP_WORDS, LIVING_GROUPS, fill_down=True, kind="region")
    village = Column("村", VILLAGE_WORDS, LIVING_GROUPS, required=True, kind="region")
