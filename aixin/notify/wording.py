"""What leaves the platform: a count and the platform's address, and no fact about any child (issue: reminders).

A message may be read by anyone who holds the phone, and stays with gateways and networks. So a template takes a
number and nothing else; there is no way to hand it a name, a place or a category.
"""

from dataclasses import dataclass

from django.conf import settings

from aixin.notify.choices import Audience


@dataclass(frozen=True)
class Template:
    """The words of one kind of message; `{count}` and `{site}` are all that they may hold."""

    code: str
    title: str
    text: str

    def heading(self, count: int) -> str:
        """Return the subject line of a mail."""
        return self.title.format(count=int(count))

    def words(self, count: int) -> str:
        """Return the text, as an SMS has it."""
        return self.text.format(count=int(count))

    def words_with_address(self, count: int) -> str:
        """Return the text with the platform's address below it, where the deployment states one."""
        return "\n".join(part for part in (self.words(count), settings.SITE_URL) if part)


TEMPLATES = {
    Audience.VOLUNTEER: Template(
        "digest_volunteer",
        "您有{count}件关爱事项待办",
        "您有{count}件关爱事项待办，请登录爱心结对查看。",
    ),
    Audience.STAFF: Template(
        "digest_staff",
        "您有{count}件工作待办",
        "您有{count}件工作待办，请登录爱心结对查看。",
    ),
    Audience.GROUP: Template(
        "digest_group",
        "今天有{count}件关爱事项待办",
        "今天有{count}件关爱事项待办，请大家登录爱心结对，查看自己名下的事项。",
    ),
}
