import django_filters

from aixin.access.lists import RosterFilter
from children.choices import Category
from pairing.models import Pairing

YES_NO = (("1", "已签"), ("0", "未签"))


class PairingFilter(RosterFilter):
    agreement = django_filters.ChoiceFilter(label="责任书", field_name="agreement_signed", choices=YES_NO)
    category = django_filters.ChoiceFilter(label="儿童类别", field_name="child__category", choices=Category)

    class Meta:
        model = Pairing
        fields = ("figure", "region", "agreement", "category")
