"""Makes the Word templates in `templates/documents`: `.venv/bin/python -m scripts.document_templates [FOLDER]`.

An office may replace one: a file of the same name under `media/templates` goes first. What stands in double braces
is filled in; the names are those of `children/documents.py`, `pairing/documents.py`, `visits/documents.py` and
`reports/written/document.py`.
"""

import sys
from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from scripts.document_parts import (
    facts,
    lines,
    new_document,
    paragraphs,
    picture,
    section_title,
    signatures,
    texts,
)

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "documents"


def child_file() -> Any:
    document = new_document("关爱儿童档案（一人一档）", "编号 {{ no }}")
    section_title(document, "一、基本情况")
    facts(
        document,
        [
            (("姓名", "{{ name }}"), ("性别", "{{ sex }}")),
            (("出生日期", "{{ birthday }}"), ("年龄", "{{ age }}")),
            (("身份证号", "{{ idno }}"), ("民族", "{{ ethnicity }}")),
            (("类别", "{{ categories }}"), ("户籍", "{{ hukou }}")),
            ("现居地", "{{ place }} {{ address }}"),
            (("就学状况", "{{ schooling }}"), ("学校年级", "{{ school }}")),
            (("是否寄宿", "{{ boarding }}"), ("健康状况", "{{ health }}")),
            (("监护类型", "{{ guardianship }}"), ("经济来源", "{{ income }}")),
            (("享受救助", "{{ aid }}"), ("风险等级", "{{ risk }}")),
            (("在册日期", "{{ registered_on }}"), ("在册状态", "{{ status }}")),
            ("监护人意见", "{{ consent }}"),
            ("备注", "{{ notes }}"),
        ],
    )
    section_title(document, "二、监护人")
    lines(
        document,
        "guardians",
        [("姓名", "name", 3), ("关系", "relation", 2.5), ("电话", "phone", 4.5), ("住址", "address", 7)],
    )
    section_title(document, "三、父母")
    lines(
        document,
        "parents",
        [
            ("", "kind", 1.5),
            ("姓名", "name", 2.3),
            ("状况", "status", 2.4),
            ("身份证号", "idno", 4.6),
            ("电话", "phone", 3.4),
            ("务工地", "workplace", 2.8),
        ],
    )
    section_title(document, "四、结对")
    lines(
        document,
        "pairings",
        [
            ("爱心妈妈", "volunteer", 2.8),
            ("电话", "phone", 3.6),
            ("主责", "main", 1.6),
            ("结对日期", "started_on", 3.3),
            ("状态", "state", 2),
            ("解除", "ended_on", 3.7),
        ],
    )
    section_title(document, "五、需求")
    lines(
        document,
        "needs",
        [
            ("需求", "topic", 2.6),
            ("具体内容", "detail", 5.4),
            ("提出日期", "raised_on", 3.2),
            ("状态", "state", 2),
            ("落实", "met", 3.8),
        ],
    )
    section_title(document, "六、走访（最近 50 次）")
    lines(
        document,
        "visits",
        [
            ("日期", "date", 3),
            ("方式", "way", 1.6),
            ("爱心妈妈", "who", 2.6),
            ("三必清", "findings", 3.4),
            ("情况", "text", 6.4),
        ],
    )
    return document


PARTIES = [
    (("爱心妈妈", "{{ volunteer.name }}"), ("联系电话", "{{ volunteer.phone }}")),
    ("工作单位", "{{ volunteer.unit }}"),
    (("儿童姓名", "{{ child.name }}"), ("性别 年龄", "{{ child.sex }} {{ child.age }}岁")),
    (("监护人", "{{ child.guardian }}（{{ child.relation }}）"), ("联系电话", "{{ child.phone }}")),
    ("现居地", "{{ child.place }} {{ child.address }}"),
]


def pairing_card() -> Any:
    document = new_document("爱心妈妈结对卡", "编号 {{ no }}")
    facts(
        document,
        [
            *PARTIES,
            (("生日", "{{ child.birthday }}"), ("学校年级", "{{ child.school }}")),
            ("孩子的需求", "{{ child.needs }}"),
            (("结对日期", "{{ started_on }}"), ("村妇联主席", "{{ liaison }} {{ liaison_phone }}")),
        ],
    )
    section_title(document, "结对以后")
    paragraphs(
        document,
        [
            "家庭情况、学习情况、生活问题，三件事心里始终有数。",
            "家里有变故、生活有困难、逢生日和节日，三种时候一定去看孩子。",
            "每月至少联系一次，联系过就在手机上记一笔。",
            "遇到孩子受伤害、走失、没人照看等急事，先打 110，再告诉村妇联主席和县妇联。妇联热线 12338。",
        ],
    )
    code_at_the_door(document)
    return document


def code_at_the_door(document: Any) -> None:
    """Add the code by which a guardian checks who is there, and how; nothing where the card has none."""
    document.add_paragraph("{%p if qr %}")
    section_title(document, "上门核验")
    document.add_paragraph("{{ qr }}")
    rule = (
        "她上门时，请用手机扫这个码：能看到她是谁、现在是不是有效。码打不开，或者显示“请勿让其单独接触孩子”，"
        "请不要开门，打 12338。投诉、不想再结对，也在扫码后的页面里办。"
    )
    paragraphs(document, [rule])
    document.add_paragraph("{%p endif %}")


def agreement() -> Any:
    document = new_document("爱心妈妈结对关爱安全责任书", "编号 {{ no }}")
    facts(document, [*PARTIES, ("爱心妈妈身份证号", "{{ volunteer.idno }}")])
    section_title(document, "爱心妈妈的责任")
    paragraphs(
        document,
        [
            "一、与孩子见面、外出或参加活动，事先征得监护人同意，说清时间和地点，按时把孩子送回家；不带孩子在外过夜。",
            "二、尊重孩子，不打骂、不训斥、不讥笑；男性志愿者不单独与女孩相处。",
            "三、为孩子和家庭保密；没有监护人和孩子本人同意，不拍照、不转发，不对外说孩子的姓名、住址和家庭情况。",
            "四、不向孩子家庭收取财物，不借关爱之名推销或宣传。",
            "五、发现孩子受到侵害、有轻生念头、无人照管或处在危险中，立即拨打 110，并马上报告妇联。",
        ],
    )
    section_title(document, "监护人的责任")
    paragraphs(
        document,
        [
            "一、监护孩子仍是监护人的责任，结对关爱不能代替监护。",
            "二、如实告知孩子的身体和心理情况，家里有变化及时说明。",
            "三、对爱心妈妈的做法不放心，随时可以向妇联提出，也可以要求更换或解除结对。",
        ],
    )
    paragraphs(
        document, ["本责任书一式三份，爱心妈妈、监护人和妇联各留一份，自签字之日起到结对解除为止有效。"]
    )
    signatures(document, "爱心妈妈（签字）", "监护人（签字）", "村妇联主席（签字）")
    return document


def service_record() -> Any:
    document = new_document("志愿服务记录证明", "编号 {{ no }}")
    facts(
        document,
        [
            (("姓名", "{{ name }}"), ("性别", "{{ sex }}")),
            ("身份证号", "{{ idno }}"),
            (("工作单位", "{{ unit }}"), ("所在地", "{{ place }}")),
        ],
    )
    paragraphs(
        document,
        [
            "{{ name }}是本地区“爱心妈妈”志愿者，自{{ first }}至{{ last }}，为留守儿童、困境儿童和孤儿开展结对关爱服务。",
            "其间服务{{ visits }}次，{{ lasting }}关爱儿童{{ children }}人，现结对{{ pairs }}人。",
            "服务方式：{{ ways }}。",
        ],
    )
    section_title(document, "历年服务记录")
    lines(
        document,
        "years",
        [
            ("年份", "year", 4),
            ("服务次数", "visits", 4),
            ("服务时长（小时）", "hours", 4.5),
            ("未记用时的次数", "untimed", 4.5),
        ],
    )
    paragraphs(
        document,
        [
            "以上依据服务当时的记录统计；没有登记用时的服务只计次数，不计时长。本证明据实出具，不收取费用。",
        ],
    )
    for text in ("出具单位（盖章）：{{ office }}", "出具日期：{{ today }}"):
        paragraph = document.add_paragraph(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_before = Pt(14)
    return document


def written_report() -> Any:
    document = new_document("{{ title }}", "截至{{ day }}", "由系统按统计口径生成")
    texts(document, "opening")
    section_title(document, "一、总体情况")
    texts(document, "overview")
    section_title(document, "二、各地情况")
    texts(document, "places")
    places = [
        ("地区", "name", 2.6), ("在册\n儿童", "registered", 1.5), ("应结\n对", "eligible", 1.4),
        ("已结\n对", "paired", 1.4), ("结对率\n（%）", "coverage", 1.5), ("应结\n未结", "unpaired", 1.4),
        ("爱心\n妈妈", "volunteers", 1.5), ("走访\n次数", "visits", 1.4), ("走访\n人数", "visited", 1.4),
        ("从未\n走访", "never_visited", 1.4), ("超期\n对数", "overdue", 1.5),
    ]  # fmt: skip
    document.add_paragraph("{%p if place_rows %}")
    lines(document, "place_rows", places, of_numbers=True)
    document.add_paragraph("{%p endif %}")
    picture(document, "chart_places", "图：各地结对率（%）")
    section_title(document, "三、儿童结构")
    texts(document, "structure")
    kinds = [
        ("类别", "name", 5), ("在册儿童", "registered", 3), ("应结对", "eligible", 3), ("已结对", "paired", 3),
        ("应结未结", "unpaired", 3),
    ]  # fmt: skip
    lines(document, "structure_rows", kinds, of_numbers=True)
    picture(document, "chart_structure", "图：在册儿童按类别（人）")
    section_title(document, "四、走访关爱")
    texts(document, "care")
    picture(document, "chart_visits", "图：近六个月走访（次）")
    for heading, name in (
        ("五、三必清三必访", "duties"),
        ("六、问题办理", "matters"),
        ("七、督导", "supervision"),
    ):
        section_title(document, heading)
        texts(document, name)
    document.add_paragraph("{%p for chapter in chapters %}")
    section_title(document, "{{ chapter.heading }}")
    document.add_paragraph("{%p for row in chapter.parts %}")
    paragraphs(document, ["{{ row.text }}"])
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p if next_steps %}")
    section_title(document, "{{ next_heading }}")
    texts(document, "next_steps")
    document.add_paragraph("{%p endif %}")
    return document


def programme_certificate() -> Any:
    """One page for each certificate; the title is the programme's own."""
    document = new_document("项目证书", "编号 {{ no }}")
    title = document.paragraphs[0]
    title.runs[0].text = "{{ one.title }}"
    title.paragraph_format.page_break_before = True
    title.insert_paragraph_before("{%p for one in certificates %}")
    paragraphs(
        document,
        [
            "{{ name }}：",
            "在{{ one.first }}至{{ one.last }}开展的“{{ one.programme }}”项目中，共完成{{ one.done }}次。{{ one.text }}",
        ],
    )
    for text in ("{{ one.given_by }}（盖章）", "{{ today }}"):
        paragraph = document.add_paragraph(text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.space_before = Pt(28)
    document.add_paragraph("{%p endfor %}")
    return document


TEMPLATES = {
    "child-file": child_file,
    "pairing-card": pairing_card,
    "agreement": agreement,
    "service-record": service_record,
    "written-report": written_report,
    "programme-certificate": programme_certificate,
}


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    for name, make in TEMPLATES.items():
        make().save(folder / f"{name}.docx")
        print(f"{name}.docx")


if __name__ == "__main__":
    main()
