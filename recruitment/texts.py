"""The words that a county's page begins with; the county may write its own."""

_HEADING = "做一名爱心妈妈，陪一个孩子长大"
_PARAGRAPHS = (
    (
        "我们身边有一些孩子，父母在外打工，或者因为变故不能陪在身边。他们多由爷爷奶奶照看，"
        "吃穿不愁，却常常缺一个能说说心里话的大人。"
    ),
    (
        "爱心妈妈做的事并不难：每月打一次电话，每季度见一次面，逢年过节记得他，听他讲讲学校里的事，"
        "功课上帮一把。遇到解决不了的困难，妇联和您一起想办法。"
    ),
    "不比谁送的东西多，贵在长久。如果您愿意拿出一点时间，请在下面报名，我们等您。",
)

# Of the explanation beside the tick by which she agrees; a new wording is a new number.
NOTICE_VERSION = 1


def heading() -> str:
    """Return the heading that the page begins with."""
    return _HEADING


def appeal() -> str:
    """Return the 倡议书 that the page begins with."""
    return "\n\n".join(_PARAGRAPHS)
