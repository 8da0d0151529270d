import pytest
from tests.contract.world import make_world, named_urls
from tests.conftest import Session
from django.test import Client

USERS = (
    "city official wenshui xingxian fengcheng outsider sysadmin auditor mama mama2 postless anonymous".split()
)


def test_dump(cast):
    w = make_world(cast)
    rows = []
    for n in (
        list(named_urls())
        + [k for k in w.args if "@" in k]
        + [
            "children:detail?tab=needs",
            "children:list?figure=unpaired",
            "reports:dashboard?region=1411",
            "reports:dashboard?region=141121",
            "reports:dashboard?region=141121100",
            "reports:dashboard?region=140105",
            "reports:coverage?region=1411",
        ]
    ):
        out = []
        for u in USERS:
            c = Client() if u == "anonymous" else Session(getattr(cast, u))
            c.raise_request_exception = False
            r = c.get(w.url(n))
            s = str(r.status_code)
            if s == "302" and "/accounts/login" in r.url:
                s = "login"
            elif s == "302":
                s = "302"
            out.append(s)
        rows.append(n.ljust(36) + " ".join(o.ljust(9) for o in out))
    print("\n".join(rows))
