"""The vocabulary of accounts and invitations."""

from django.db import models

from aixin.access.models import Role


class InvitationKind(models.TextChoices):
    """What a link does for whoever holds it."""

    JOIN = "JOIN", "开通账号"
    RESET = "RESET", "重设密码"
    ROSTER = "ROSTER", "名册开通"


class AccountState(models.TextChoices):
    ACTIVE = "ACTIVE", "启用"
    WAITING = "WAITING", "未激活"
    CLOSED = "CLOSED", "停用"


SYSTEM_ROLES = frozenset({Role.SYSADMIN, Role.AUDITOR})
# What staff give by hand; a volunteer's post comes with her roster.
GRANTED_BY_STAFF = (Role.STAFF, Role.OFFICIAL)
GRANTED_BY_SYSTEM = (Role.STAFF, Role.OFFICIAL, Role.SYSADMIN, Role.AUDITOR)
