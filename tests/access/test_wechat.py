"""WeChat opens accounts that were linked to it, keeps nothing of the profile, and exists only with its keys."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.weixin.views import WeixinOAuth2Adapter
from django.test import Client
from django.urls import NoReverseMatch, reverse

from aixin.access.models import Post, Role
from tests.access import wechat_urls
from tests.cast import WENSHUI, Cast
from tests.conftest import Session

pytestmark = pytest.mark.django_db
OPENID = "o-someone"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path.startswith("/token"):
            body = {"access_token": "t", "expires_in": 7200, "openid": OPENID}
        else:
            body = {"openid": OPENID, "nickname": "secret-nickname", "headimgurl": "http://picture.example/1"}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def wechat(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setattr(WeixinOAuth2Adapter, "access_token_url", f"{base}/token")
    monkeypatch.setattr(WeixinOAuth2Adapter, "profile_url", f"{base}/userinfo")
    settings.WEIXIN_APP_ID = "an-app"
    settings.SOCIALACCOUNT_PROVIDERS = {
        "weixin": {
            **settings.SOCIALACCOUNT_PROVIDERS["weixin"],
            "APPS": [{"client_id": "an-app", "secret": "s"}],
        }
    }
    settings.ROOT_URLCONF = wechat_urls.__name__
    yield
    server.shutdown()
    server.server_close()


def through_wechat(client: Client, process: str = "login") -> Any:
    """Press the button, come back from WeChat with a code, and return the answer."""
    answer = client.post(f"/accounts/wechat/login/?process={process}")
    state = parse_qs(urlsplit(answer.headers["Location"]).query)["state"][0]
    return client.get("/accounts/wechat/login/callback/", {"code": "c", "state": state})


def test_the_button_leads_to_wechat(client: Client, cast: Cast) -> None:
    assert "微信登录" in client.get("/accounts/login/").content.decode()
    target = client.post("/accounts/wechat/login/").headers["Location"]
    assert target.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=an-app")


def test_a_linked_account_is_opened(client: Client, cast: Cast) -> None:
    SocialAccount.objects.create(user=cast.mama, provider="weixin", uid=OPENID)
    through_wechat(client)
    assert client.get("/visits/").status_code == 200


def test_a_stranger_gets_no_account(client: Client, cast: Cast) -> None:
    through_wechat(client)
    assert client.get("/visits/").status_code == 302
    assert not SocialAccount.objects.exists()


def test_linking_keeps_the_id_and_nothing_else(cast: Cast) -> None:
    session = Session(cast.mama)
    assert "绑定微信" in session.get("/account/sessions/").content.decode()
    assert through_wechat(session, "connect").headers["Location"] == "/account/sessions/"
    linked = SocialAccount.objects.get()
    assert (linked.user, linked.uid, linked.extra_data) == (cast.mama, OPENID, {})
    session.post("/accounts/wechat/unlink/")
    assert not SocialAccount.objects.exists()


def test_who_got_a_wider_post_comes_in_this_way_no_longer(client: Client, cast: Cast) -> None:
    SocialAccount.objects.create(user=cast.mama, provider="weixin", uid=OPENID)
    Post.objects.create(user=cast.mama, role=Role.STAFF, region_id=WENSHUI)
    through_wechat(client)
    assert client.get("/visits/").status_code == 302


def test_without_keys_there_is_no_such_way(client: Client, cast: Cast, settings: Any) -> None:
    settings.ROOT_URLCONF = "aixin.urls"
    settings.WEIXIN_APP_ID = ""
    assert "微信" not in client.get("/accounts/login/").content.decode()
    with pytest.raises(NoReverseMatch):
        reverse("weixin_login")
