"""Pages about people. Each parses, makes one decision, and answers; log-in itself is allauth's."""

from __future__ import annotations

import json
import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal import flows
from allauth.account.views import SignupView
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from users import adapters, avatars, decisions, exports, forms, limits, queries, rules
from users.asking import person_of
from users.models import Invite, User

TOO_YOUNG_STATUS = 403


def too_often(request: HttpRequest) -> HttpResponse:
    response = render(request, "429.html", status=429)
    response["Retry-After"] = "60"
    return response


# --- joining ----------------------------------------------------------------------------------


class JoinView(SignupView):
    """``/join/<code>``, and ``/join`` where the site is open."""

    template_name = "users/join.html"
    invite: Invite | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not limits.spend(limits.JOIN, limits.network_of(request), now=timezone.now()):
            return too_often(request)
        code = kwargs.get("code")
        if code is not None and not request.user.is_authenticated:
            now = timezone.now()
            self.invite = Invite.objects.select_related("created_by").filter(code=code).first()
            state = None if self.invite is None else self.invite.state_at(now)
            if state == rules.InviteState.FREE:
                request.invite_code = code  # type: ignore[attr-defined] # read by adapters.invite_code_of
            elif settings.SIGNUP_MODE != "open":
                return refused_invite(request, state)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[no-any-return]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.invite is not None and get_social_adapter().list_providers(request):
            request.session[adapters.SESSION_INVITE] = (
                self.invite.code
            )  # a provider's answer comes back without it
        return super().get(request, *args, **kwargs)  # type: ignore[no-any-return]

    def form_valid(self, form: Any) -> HttpResponseBase:
        try:
            return super().form_valid(form)  # type: ignore[no-any-return]
        except decisions.InviteUnusable as refusal:
            return refused_invite(self.request, refusal.state)
        except decisions.Refused as refusal:
            form.add_error(refusal.field, str(refusal))
            return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponseBase:
        if form.is_under_age:
            return too_young(self.request)
        response: HttpResponseBase = super().form_invalid(form)
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        inviter = None if self.invite is None else self.invite.created_by
        return super().get_context_data(**kwargs) | {  # type: ignore[no-any-return]
            "inviter": inviter if inviter is not None and inviter.is_active else None,
            "invite": self.invite,
            "today": timezone.now().date(),
        }


join = never_cache(JoinView.as_view())


def refused_invite(request: HttpRequest, state: rules.InviteState | None) -> HttpResponse:
    status = 404 if state is None else 410
    return render(
        request,
        "users/join_refused.html",
        {"refusal": decisions.InviteUnusable(state), "form": forms.WaitForm()},
        status=status,
    )


def too_young(request: HttpRequest) -> HttpResponse:
    """Says so, and leaves nothing behind: no row, no cookie."""
    return render(request, "users/too_young.html", {"age": settings.MINIMUM_AGE}, status=TOO_YOUNG_STATUS)


@require_http_methods(["GET", "POST"])
@never_cache
def door(request: HttpRequest) -> HttpResponseBase:
    """``/join`` without a code: the form where the site is open, else a place to paste a link."""
    if settings.SIGNUP_MODE == "open":
        return JoinView.as_view()(request)  # type: ignore[no-any-return]
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = forms.CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("users:join", code=form.cleaned_data["code"])
    context = {"form": form, "wait_form": forms.WaitForm()}
    return render(request, "users/door.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
def waitlist(request: HttpRequest) -> HttpResponse:
    """Where one leaves an address. The answer is the same whether it was known or not."""
    if settings.SIGNUP_MODE != "waitlist":
        return redirect("users:door")
    form = forms.WaitForm(request.POST or None)
    if request.method == "POST":
        if not limits.spend(limits.WAITLIST, limits.network_of(request), now=timezone.now()):
            return too_often(request)
        if form.is_valid():
            locale, _country = forms.locale_and_country_of(request)
            decisions.wait(email=form.cleaned_data["email"], locale=locale, now=timezone.now())
            return render(request, "users/waiting.html")
    return render(request, "users/waitlist.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@never_cache
def handle_check(request: HttpRequest) -> JsonResponse:
    """``{"fine": bool, "sentence": str}`` for the sign-up form, while somebody types."""
    if not limits.spend(limits.HANDLE, limits.network_of(request), now=timezone.now()):
        return JsonResponse({"fine": None, "sentence": ""}, status=429)
    handle = request.GET.get("handle", "")[:100].strip().removeprefix("@")
    try:
        decisions.refuse_unfit_handle(handle)
    except decisions.Refused as refusal:
        return JsonResponse({"fine": False, "sentence": str(refusal)})
    return JsonResponse({"fine": True, "sentence": _("@%(handle)s is free.") % {"handle": handle}})


# --- invites, inbox ---------------------------------------------------------------------------


@login_required
@require_GET
def invites(request: HttpRequest) -> HttpResponse:
    rows = queries.invites_of(person_of(request), now=timezone.now())
    free = sum(row.state == rules.InviteState.FREE for row in rows)
    return render(request, "users/invites.html", {"rows": rows, "free": free})


@login_required
@require_POST
def revoke_invite(request: HttpRequest, code: str) -> HttpResponse:
    try:
        decisions.revoke(code=code, by=person_of(request), now=timezone.now())
    except decisions.NotYours as refusal:
        raise Http404 from refusal
    except decisions.InviteGone as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The invite is withdrawn."))
    return redirect("users:invites")


PAGE = 50


@login_required
@require_GET
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """Shows what is new, and marks what was shown as read."""
    before = request.GET.get("before", "")
    rows = queries.inbox(
        person_of(request),
        most=PAGE,
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None,
    )
    decisions.read_notices(
        user=person_of(request),
        ids=[row.notice.pk for row in rows if row.notice.read_at is None],
        now=timezone.now(),
    )
    older = min((row.notice.pk for row in rows), default=None) if len(rows) == PAGE else None
    return render(request, "users/inbox.html", {"rows": rows, "older": older})


# --- settings ---------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    form = forms.ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        decisions.edit_profile(
            user=user, display_name=form.cleaned_data["display_name"], bio=form.cleaned_data["bio"]
        )
        messages.success(request, _("Saved."))
        return redirect("users:settings")
    context = {"form": form, "avatar_form": forms.AvatarForm(), "tab": "profile"}
    return render(request, "users/settings/profile.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def avatar_change(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    if "remove" in request.POST:
        decisions.remove_avatar(user=user)
        return redirect("users:settings")
    if not limits.spend(limits.AVATAR, str(user.pk), now=timezone.now()):
        return too_often(request)
    form = forms.AvatarForm(request.POST, request.FILES)
    if form.is_valid():
        decisions.set_avatar(user=user, picture=form.cleaned_data["picture"])
        messages.success(request, _("That is you now."))
        return redirect("users:settings")
    context = {"form": forms.ProfileForm(instance=user), "avatar_form": form, "tab": "profile"}
    return render(request, "users/settings/profile.html", context, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    form = forms.PlaceForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        decisions.edit_profile(
            user=user, locale=form.cleaned_data["locale"], country=form.cleaned_data["country"]
        )
        messages.success(request, _("Saved."))
        return redirect("users:settings-account")
    return render(
        request,
        "users/settings/account.html",
        {"form": form, "tab": "account"},
        status=422 if form.errors else 200,
    )


@login_required
@reauthentication_required(allow_get=True)
@require_http_methods(["GET", "POST"])
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    user, secret, name = person_of(request), None, ""
    form = forms.TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        try:
            secret = decisions.make_token(user=user, name=name, now=timezone.now())
            form = forms.TokenForm()
        except decisions.TooManyTokens as refusal:
            form.add_error(refusal.field, str(refusal))
    context = {
        "form": form,
        "tokens": queries.tokens_of(user),
        "secret": secret,
        "secret_name": name,
        "tab": "tokens",
    }
    return render(request, "users/settings/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke_token(request: HttpRequest, digest: str) -> HttpResponse:
    try:
        decisions.revoke_token(user=person_of(request), digest=digest)
    except decisions.NotYours as refusal:
        raise Http404 from refusal
    messages.success(request, _("The token no longer works."))
    return redirect("users:settings-tokens")


@login_required
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    return render(request, "users/settings/data.html", {"tab": "data"})


@login_required
@reauthentication_required
@require_GET
@never_cache
def data_download(request: HttpRequest) -> HttpResponse:
    """Everything that the site knows of somebody, as one JSON file."""
    user = person_of(request)
    if not limits.spend(limits.EXPORT, str(user.pk), now=timezone.now()):
        return too_often(request)
    body = json.dumps(exports.collect(user), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False)
    filename = f"{user.handle}-{timezone.now():%Y-%m-%d}.json"
    return HttpResponse(
        body,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{filename}"'},
    )


@login_required
@reauthentication_required
@require_http_methods(["GET", "POST"])
@never_cache
def close(request: HttpRequest) -> HttpResponse:
    user = person_of(request)
    form = forms.CloseForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            decisions.close_account(user=user, now=timezone.now())
        except decisions.LastAdministrator as refusal:
            form.add_error(None, str(refusal))
        else:
            flows.logout.logout(request)
            return redirect("users:closed")
    return render(
        request,
        "users/settings/close.html",
        {"form": form, "tab": "data"},
        status=422 if form.errors else 200,
    )


@require_GET
def closed(request: HttpRequest) -> HttpResponse:
    return render(request, "users/closed.html")


# --- pictures ---------------------------------------------------------------------------------


@require_GET
def avatar(request: HttpRequest, name: uuid.UUID) -> HttpResponse:
    """A picture that we drew; every new one has a new name, so it may be kept for ever."""
    try:
        with default_storage.open(f"avatars/{name}.webp") as file:
            picture = file.read()
    except FileNotFoundError as error:
        raise Http404 from error
    response = HttpResponse(picture, content_type="image/webp")
    patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response


@require_GET
def drawn_avatar(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    user = get_object_or_404(User.objects.only("display_name", "handle"), public_id=public_id)
    response = HttpResponse(avatars.draw(user.name, public_id), content_type="image/svg+xml")
    patch_cache_control(response, public=True, max_age=3600)
    return response
