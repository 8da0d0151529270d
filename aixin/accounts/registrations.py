"""What this app adds to the frame: navigation, figures of the accounts' list, the roster of chairs."""

from aixin.access.extension import Figure, extensions_of
from aixin.access.navigation import NavItem, register
from aixin.accounts.receivers import open_notices_of
from aixin.accounts.resources import ChairResource
from aixin.accounts.rights import MANAGERS, may_manage
from aixin.accounts.succession import Moved, register_moved
from aixin.exchange.roster import register_roster

accounts = extensions_of("accounts.account")
accounts.add_figure(Figure("active", "启用", lambda rows: rows.filter(is_active=True)))
accounts.add_figure(Figure("waiting", "未激活", lambda rows: rows.filter(waiting=True)))
accounts.add_figure(Figure("closed", "停用", lambda rows: rows.filter(is_active=False, waiting=False)))
register(NavItem("账号", "accounts:list", "person-badge", MANAGERS, 80, offered=may_manage))
register_moved(Moved("未办结的消息", "条", lambda user, region: open_notices_of(user, region).count()))
register_roster(ChairResource)
