import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aixin.access.models import Region, Role, User
from aixin.access.scope import acting
from children.models import Child
from pairing.matching.answer import Result, Total
from pairing.proposing import ProposingError, compare, propose_pairs, solve_region
from volunteers.models import Volunteer


class Command(BaseCommand):
    help = "Propose the best pairing of everyone who waits in a region; --apply stores the proposals for the clerks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--region", required=True, metavar="CODE")
        parser.add_argument("--as", dest="username", required=True, metavar="USERNAME")
        parser.add_argument("--json", action="store_true")
        parser.add_argument("--apply", action="store_true", help="store the proposals")
        parser.add_argument("--compare", action="store_true", help="paired afresh: the best, by hand, today")

    def handle(self, *args: Any, **options: Any) -> None:
        user, region = _staff(options["username"], options["region"])
        with acting(user):
            result = _joined([result for _, result in solve_region(region.code)])
            if options["json"]:
                self.stdout.write(json.dumps(_report(result), ensure_ascii=False))
            else:
                self._summary(result)
            if options["compare"]:
                self._comparison(region.code)
            if options["apply"]:
                self._store(user, region)

    def _summary(self, result: Result) -> None:
        missing = sum(left.missing for left in result.left_over)
        self.stdout.write(f"建议 {len(result.proposals)} 对，总分 {result.objective}，还缺 {missing} 人次")
        for cause, number in sorted(Counter(left.cause.value for left in result.left_over).items()):
            self.stdout.write(f"  {cause} {number} 名")

    def _comparison(self, code: str) -> None:
        found = compare(code)
        self.stdout.write("全部重新结对，按同一计分：")
        for name, total in (("最优", found.best), ("就近逐个", found.greedy), ("现有", found.today)):
            self.stdout.write(f"  {name}：{_told(total)}")
        self.stdout.write(f"  最优比就近逐个高 {found.gain:.1f}%")

    def _store(self, user: User, region: Region) -> None:
        try:
            runs = propose_pairs(user, region)
        except ProposingError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"已保存 {sum(run.pairs for run in runs)} 条建议")


def _staff(username: str, code: str) -> tuple[User, Region]:
    user = User.objects.filter(username=username, is_active=True).first()
    region = Region.objects.filter(code=code).first()
    if user is None or region is None:
        raise CommandError(f"no user {username}" if user is None else f"no region {code}")
    post = user.acting_post
    if post is None or post.role != Role.STAFF or not post.covers(code):
        raise CommandError(f"{username} may not propose pairs in {code}")
    return user, region


def _joined(results: list[Result]) -> Result:
    return Result(
        tuple(one for result in results for one in result.proposals),
        tuple(one for result in results for one in result.left_over),
    )


def _report(result: Result) -> dict[str, Any]:
    wanted = {one.child for one in result.proposals} | {left.child for left in result.left_over}
    children = _numbers(Child, wanted)
    volunteers = _numbers(Volunteer, {one.volunteer for one in result.proposals})
    proposals = [
        {
            "child": children[one.child],
            "volunteer": volunteers[one.volunteer],
            "score": one.score,
            "reasons": one.reasons,
        }
        for one in result.proposals
    ]
    unmatched = [
        {"child": children[left.child], "cause": left.cause.value, "explanation": left.explanation}
        for left in result.left_over
    ]
    return {"proposals": proposals, "unmatched": unmatched, "objective": result.objective}


def _numbers(model: type[Child | Volunteer], keys: set[int]) -> dict[int, str]:
    return dict(model.objects.filter(pk__in=keys).values_list("pk", "no"))


def _told(total: Total) -> str:
    return (
        f"{total.pairs} 对，总分 {total.score}，同村 {total.same_village} 对，"
        f"同乡镇 {total.same_township} 对，还缺 {total.missing} 人次"
    )
