"""The report's sentences, made from its figures."""

from collections.abc import Iterator

from django.utils import timezone

from aixin.access.auditing.figures import MEASURES, Chain, Year

_BY_KEY = {measure.key: measure for measure in MEASURES}


def change_text(now: int, before: int) -> str:
    """Return how a figure moved: 增加 12（+8.0%）, 减少 3（-25.0%）, 持平, 上年为 0."""
    if now == before:
        return "持平"
    if not before:
        return f"增加 {now:,}（上年为 0）"
    share = abs(now - before) * 100 / before
    return (
        f"增加 {now - before:,}（+{share:.1f}%）"
        if now > before
        else f"减少 {before - now:,}（-{share:.1f}%）"
    )


def sentences_of(name: str, this: Year, last: Year, chain: Chain) -> list[str]:
    """Return the report's text, a sentence for each matter; nothing is judged that is not counted."""
    return [*_use(name, this, last), *_handling(this), *_safety(this), _chain_sentence(chain)]


def _use(name: str, this: Year, last: Year) -> Iterator[str]:
    figures = this.totals
    yield (
        f"{this.year} 年，{name}共有 {figures['accounts']:,} 个账号登录平台 {figures['logins']:,} 次，"
        f"登录次数与上年相比{change_text(figures['logins'], last.totals['logins'])}；"
        f"登录失败 {figures['failures']:,} 次。"
    )
    yield (
        f"查看个人档案 {figures['views']:,} 次，与上年相比{change_text(figures['views'], last.totals['views'])}；"
        f"查看完整号码或联系方式 {figures['reveals']:,} 次，每次都留有原因；按号码查找 {figures['searches']:,} 次。"
    )


def _handling(this: Year) -> Iterator[str]:
    figures = this.totals
    yield (
        f"导入名册 {figures['imports']:,} 次；导出 {figures['exports']:,} 次，合计 {figures['rows']:,} 行。"
        f"删除个人信息 {figures['erasures']:,} 次。"
    )


def _safety(this: Year) -> Iterator[str]:
    figures = this.totals
    yield (
        f"授予岗位 {figures['grants']:,} 次，撤销岗位 {figures['revocations']:,} 次。"
        f"越权或越界访问被拒绝 {figures['refusals']:,} 次，安全告警 {figures['alarms']:,} 次。"
    )


def _chain_sentence(chain: Chain) -> str:
    sealed = f"全系统本年度的审计记录已封存 {chain.entries:,} 条（{chain.seals:,} 个封印）"
    return f"{sealed}；{checked_text(chain)}。"


def checked_text(chain: Chain) -> str:
    """Return what the latest check of the chain found."""
    checked = chain.checked
    if checked is None:
        return "尚未做过完整性核验"
    when = f"{timezone.localtime(checked.at):%Y-%m-%d %H:%M}"
    if checked.faults:
        return f"{when} 核验发现 {checked.faults:,} 处不符，请立即查明"
    return f"{when} 核验 {checked.seals:,} 个封印、{checked.entries:,} 条记录，全部相符"


def label_of(key: str) -> str:
    """Return a figure's heading with its unit: 登录（次）."""
    measure = _BY_KEY[key]
    return f"{measure.label}（{measure.unit}）"
