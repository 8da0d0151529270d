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
    ("other", "其他（请写明）"),
)


class RevealForm(forms.Form):
    """The one way to plaintext asks why (DESIGN section 3.4)."""

    reason = forms.ChoiceField(label="查看原因", choices=REVEAL_REASONS)
    note = forms.CharField(label="补充说明", max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("reason") == "other" and not data.get("note"):
            self.add_error("note", "请写明原因。")
        return data

    @property
    def stated_reason(self) -> str:
        """The reason in words: from the list, and what was typed."""
        label, note = dict(REVEAL_REASONS)[self.cleaned_data["reason"]], self.cleaned_data["note"]
        if self.cleaned_data["reason"] == "other":
            return str(note)
        return f"{label}：{note}" if note else label
