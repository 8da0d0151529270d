"""What was refused is in the trail, though the view's own transaction was rolled back."""

from aixin.audit.models import Action, Entry
from tests.cast import Cast
from tests.conftest import Session


def refusals(cast: Cast, who: str) -> list[tuple[str, int]]:
    found = Entry.objects.filter(action=Action.REFUSED, user=cast.users[who]).order_by("id")
    return [(entry.detail["path"], entry.detail["status"]) for entry in found]


def test_a_strangers_look_at_a_child_is_noted(cast: Cast) -> None:
    path = f"/children/{cast.child.pk}/"
    assert Session(cast.xingxian).get(path).status_code == 404
    assert refusals(cast, "xingxian") == [(path, 404)]


def test_a_write_without_the_right_is_noted(cast: Cast) -> None:
    path = f"/pairings/{cast.pairing.pk}/end/"
    assert Session(cast.city).post(path, {"reason": "ADJUSTED"}).status_code == 403
    assert Session(cast.mama).get("/children/").status_code == 403
    assert refusals(cast, "city") == [(path, 403)]
    assert refusals(cast, "mama") == [("/children/", 403)]


def test_what_is_shown_is_no_refusal(cast: Cast) -> None:
    assert Session(cast.wenshui).get(f"/children/{cast.child.pk}/").status_code == 200
    assert refusals(cast, "wenshui") == []
