"""Forms of the channels: what a county lets out, and what one person wants to get."""

import re
from typing import Any, ClassVar

from django import forms

from aixin.notify.choices import PERSONAL_CHANNELS, Channel
from aixin.notify.models import ChannelChoice, ChannelSettings
from aixin.notify.transports import transport_of

# The only address that a county may have the server call: its key is kept, the rest is the deployment's.
_ROBOT = re.compile(r"https://qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=([0-9a-zA-Z-]{16,64})")
_SWITCHES = {"sms_on": Channel.SMS, "email_on": Channel.EMAIL, "wecom_on": Channel.WECOM}


# Half hours to choose from: how a browser writes a time depends on its language.
_HALF_HOURS = [
    (f"{hour:02}:{minute:02}:00", f"{hour:02}:{minute:02}") for hour in range(24) for minute in (0, 30)
]


class ChannelSettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """A county's ways out. The robot's address is never shown again; left blank, it stays."""

    wecom_address = forms.CharField(
        label="群机器人地址",
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "地址太长了，请从群机器人的页面整行复制。"},
    )

    class Meta:
        model = ChannelSettings
        fields = ("sms_on", "sms_budget", "email_on", "wecom_on", "quiet_from", "quiet_until")
        widgets: ClassVar = {
            "quiet_from": forms.Select(choices=_HALF_HOURS),
            "quiet_until": forms.Select(choices=_HALF_HOURS),
        }
        error_messages: ClassVar = {
            "sms_budget": {"required": "请填每月最多发多少条，不限可以填大一些。"},
            "quiet_from": {"required": "请填几点以后不发。", "invalid": "请按 21:00 这样填。"},
            "quiet_until": {"required": "请填几点以后可以发。", "invalid": "请按 08:00 这样填。"},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, channel in _SWITCHES.items():
            if transport_of(channel) is None:
                self.fields[name].disabled = True
                self.fields[name].help_text = "本系统还没有接通，请找系统管理员。"
        has_robot = bool(self.instance.wecom_key)
        self.fields["wecom_address"].help_text = (
            "已设置；要换才填。" if has_robot else "在企业微信群里添加“群机器人”，把它的地址整行粘贴到这里。"
        )

    def clean_wecom_address(self) -> str:
        """Return the key in a robot's address; a page of any other host is refused."""
        typed = self.cleaned_data["wecom_address"].strip()
        found = _ROBOT.fullmatch(typed)
        if typed and found is None:
            raise forms.ValidationError("这不是企业微信群机器人的地址，请从群机器人的页面整行复制。")
        return found[1] if found else ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        typed = data.get("wecom_address") or "wecom_address" in self.errors
        if data.get("wecom_on") and not typed and not self.instance.wecom_key:
            self.add_error("wecom_address", "要发到群里，先填群机器人的地址。")
        return data

    def draft(self) -> ChannelSettings:
        """Return the settings as typed, not stored yet."""
        row: ChannelSettings = self.save(commit=False)
        row.wecom_key = self.cleaned_data["wecom_address"] or row.wecom_key
        return row


_ANSWERS = (("on", "接收"), ("off", "不接收"))
_ASKED = {"required": "请选一项。", "invalid_choice": "请选一项。"}


class MyChannelsForm(forms.Form):
    """What one person wants to get besides the inbox."""

    sms = forms.ChoiceField(label="短信", choices=_ANSWERS, widget=forms.RadioSelect, error_messages=_ASKED)
    mail = forms.ChoiceField(
        label="电子邮件", choices=_ANSWERS, widget=forms.RadioSelect, error_messages=_ASKED
    )
    email = forms.EmailField(
        label="邮箱",
        required=False,
        max_length=100,
        help_text="不填就不发邮件。",
        error_messages={"invalid": "邮箱写得不对，请核对。", "max_length": "邮箱太长了，请核对。"},
    )

    def __init__(self, *args: Any, choice: ChannelChoice | None, **kwargs: Any) -> None:
        muted = choice.muted if choice else []
        answers = {
            name: "off" if channel in muted else "on"
            for name, channel in zip(("sms", "mail"), PERSONAL_CHANNELS, strict=True)
        }
        kwargs["initial"] = {**answers, "email": choice.email if choice else ""}
        super().__init__(*args, **kwargs)

    @property
    def muted(self) -> list[Channel]:
        """The ways that are not wanted."""
        ways = zip(("sms", "mail"), PERSONAL_CHANNELS, strict=True)
        return [channel for name, channel in ways if self.cleaned_data[name] == "off"]
