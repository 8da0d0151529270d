from typing import Any

from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms

from aixin.access.models import Post


class LoginForm(AllauthLoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "账号或手机号"
        self.fields["login"].widget.attrs["placeholder"] = ""
        self.fields["password"].widget.attrs["placeholder"] = ""
        self.fields["password"].help_text = ""


class SwitchPostForm(forms.Form):
    post = forms.ModelChoiceField(Post.objects.none())

    def __init__(self, *args: Any, posts: list[Post], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Post.objects.filter(pk__in=[post.pk for post in posts])


REVEAL_REASONS = (
    ("contact", "联系本人或监护人"),
    ("verify", "核对证件信息"),
    ("report", "向上级或部门报送"),
    ("emergency", "紧急情况"),
)


class RevealForm(forms.Form):
    """The one way to plaintext asks why (DESIGN section 3.4)."""

    reason = forms.ChoiceField(label="查看原因", choices=REVEAL_REASONS)
    note = forms.CharField(label="补充说明", max_length=100, required=False)

    @property
    def stated_reason(self) -> str:
        label = dict(REVEAL_REASONS)[self.cleaned_data["reason"]]
        note = self.cleaned_data["note"]
        return f"{label}：{note}" if note else label
