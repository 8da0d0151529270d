"""What this app adds to the frame: home pages of the system roles, their navigation; and where it keeps ciphertext."""

from aixin.access.adapter import SECRET_CONTEXT
from aixin.access.auditing.views import home as audit_home
from aixin.access.home import register_home
from aixin.access.models import Role
from aixin.access.navigation import NavItem, register
from aixin.access.views import system_home
from aixin.privacy.columns import register_ciphertext

register_home(Role.SYSADMIN, system_home)
register_home(Role.AUDITOR, audit_home)
register(NavItem("首页", "home", "house-door", frozenset({Role.SYSADMIN}), 0))
register(NavItem("审计记录", "home", "list", frozenset({Role.AUDITOR}), 0))
register(NavItem("谁看过", "audit:person", "eye", frozenset({Role.AUDITOR}), 10))
register(NavItem("合规审计报告", "audit:report", "file-earmark-check", frozenset({Role.AUDITOR}), 20))
register(
    NavItem("合规审计报告", "audit:report", "file-earmark-check", frozenset({Role.STAFF}), 80, for_heads=True)
)
# TOTP secrets, the seed of recovery codes, and codes taken over from elsewhere.
register_ciphertext("mfa.Authenticator", "data", SECRET_CONTEXT, keys=("secret", "seed", "migrated_codes"))
