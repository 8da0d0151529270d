from aixin.access.erasure import register_eraser
from aixin.access.models import Role
from aixin.access.navigation import NavItem, register
from aixin.notify.erasing import forget_messages

register(NavItem("消息", "notify:inbox", "chat-dots", frozenset({Role.VOLUNTEER}), 40, phone=True))
register(NavItem("我的", "account", "person", frozenset({Role.VOLUNTEER}), 50, phone=True))
register(NavItem("首页", "home", "house-door", frozenset({Role.VOLUNTEER}), 0, phone=True))
register(NavItem("短信发件箱", "notify:outbox", "chat-dots", frozenset({Role.SYSADMIN}), 60))
register_eraser(forget_messages)
