"""/join/<token>/: whoever holds the link comes into her account. Public, and silent about what it does not open."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from aixin.access.permissions import PUBLIC, allow
from aixin.accounts.forms import JoinForm, PasswordForm
from aixin.accounts.invitations import AccountError
from aixin.accounts.joining import InvitationVoid, Offer, accept, accept_from_roster, offer_of
from aixin.accounts.limits import is_blocked, note_wrong_link


@allow(PUBLIC)
@never_cache
@sensitive_post_parameters()
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites her and for what, and take her answer. Unknown, used, expired, revoked: one page, 404."""
    if is_blocked(request):
        return render(request, "429.html", status=429)
    try:
        offer = offer_of(token)
        return (
            _from_roster(request, token, offer)
            if offer.is_from_roster
            else _by_password(request, token, offer)
        )
    except InvitationVoid:
        note_wrong_link(request)
        return render(request, "accounts/join_void.html", status=404)


def _by_password(request: HttpRequest, token: str, offer: Offer) -> HttpResponse:
    data = request.POST or None
    form = PasswordForm(data, known_as=offer.username) if offer.is_reset else JoinForm(data)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            account = accept(token, cleaned["password1"], cleaned.get("username", ""))
        except AccountError as error:
            form.add_error("username", str(error))
        else:
            return _to_login(request, f"密码已设好，请用账号 {account.username} 登录。")
    return render(request, "accounts/join.html", {"offer": offer, "form": form})


def _from_roster(request: HttpRequest, token: str, offer: Offer) -> HttpResponse:
    obstacle = offer.obstacle
    if request.method == "POST" and not obstacle:
        try:
            accept_from_roster(token)
        except AccountError as error:
            obstacle = str(error)
        else:
            return _to_login(request, "账号已开通，请用登记在名册上的手机号登录。")
    return render(request, "accounts/join.html", {"offer": offer, "obstacle": obstacle})


def _to_login(request: HttpRequest, said: str) -> HttpResponse:
    """Lead to the log-in; whoever was logged in on this device before is not who has just come."""
    logout(request)
    messages.success(request, said)
    return redirect("account_login")
