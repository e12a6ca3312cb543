"""How allauth's sign-up and log-in meet our rules: it asks, ``users.decisions`` answers."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from users import decisions, limits
from users.rules import InviteState

if TYPE_CHECKING:
    from allauth.socialaccount.models import SocialLogin

    from users.models import User

SESSION_INVITE = "invite_code"


def invite_code_of(request: HttpRequest) -> str | None:
    """The invite that this visit came in with: from the address, or kept while a provider is asked."""
    return getattr(request, "invite_code", None) or request.session.get(SESSION_INVITE)


def may_join(request: HttpRequest) -> bool:
    if settings.SIGNUP_MODE == "open":
        return True
    code = invite_code_of(request)
    return code is not None and decisions.state_of_code(code=code, now=timezone.now()) == InviteState.FREE


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_taken": decisions.EmailTaken.sentence,
        "email_password_mismatch": _("That e-mail and password do not fit together."),
        "too_many_login_attempts": _("Too many attempts. Please wait a few minutes."),
        "incorrect_password": _("That is not your password."),
        "incorrect_code": _("That code is not right."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return may_join(request)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        raise PermissionDenied("accounts are made by users.decisions.sign_up")

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.address_of(request)

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SITE_NAME}: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        site = SimpleNamespace(name=settings.SITE_NAME, domain=settings.SITE_URL)
        super().send_mail(template_prefix, email, context | {"current_site": site})

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """To the feed, which plays already and says what to do first."""
        return f"{resolve_url(settings.LOGIN_REDIRECT_URL)}?welcome=1"

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return "/settings/account"


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return may_join(request)

    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> User:
        """A provider knows who somebody is, not whether they may join: the same form and decision as for all."""
        if form is None:
            raise PermissionDenied("joining needs a handle and a birthday")
        email = form.cleaned_data["email"].lower()
        proven = any(
            address.verified and address.email.lower() == email for address in sociallogin.email_addresses
        )
        with transaction.atomic():
            user: User = form.sign_up(request, password=None, email_is_verified=proven)
            sociallogin.user = user
            sociallogin.save(request, connect=True)
        return user
