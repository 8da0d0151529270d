"""SMS to an applicant. They say that there is news and never what: a phone may lie open."""

import datetime

from django.utils import timezone

from aixin.access.phone_codes import codes_are_offered
from aixin.access.signals import sms_due
from recruitment.models import Application

CODE_MINUTES = 10
NEWS_HOURS = 48
CODE = "【爱心结对】验证码 {code}，{minutes}分钟内有效，用于核对手机号。请不要告诉别人。"
RECEIVED = "【爱心结对】已收到您提交的内容。随时查看进展：{link} 请不要转给别人。"
NEWS = "【爱心结对】您提交的内容有新进展，请打开先前短信里的链接查看，或联系县妇联。"


def send_code(phone: str, code: str) -> None:
    """Send a code by which she shows that the number is hers."""
    _send(
        "sign_up_code",
        phone,
        CODE.format(code=code, minutes=CODE_MINUTES),
        datetime.timedelta(minutes=CODE_MINUTES),
    )


def tell_received(phone: str, link: str) -> None:
    """Send the link by which she follows her sign-up; it is kept nowhere in the clear."""
    _send("sign_up", phone, RECEIVED.format(link=link), datetime.timedelta(hours=NEWS_HOURS))


def tell_of_news(phone: str) -> None:
    """Say that something has happened."""
    _send("sign_up", phone, NEWS, datetime.timedelta(hours=NEWS_HOURS))


def _send(kind: str, phone: str, text: str, good_for: datetime.timedelta) -> None:
    if phone and codes_are_offered():
        until = timezone.now() + good_for
        sms_due.send(Application, kind=kind, phone=phone, text=text, expires_at=until, withheld=False)
