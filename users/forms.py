"""Forms about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account import app_settings as account_settings
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    LoginForm,
    ReauthenticateForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SetPasswordForm,
)
from allauth.account.forms import SignupForm as AccountSignupForm
from allauth.account.internal import flows
from allauth.account.models import EmailAddress
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as CodeReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.socialaccount.forms import SignupForm as ProviderSignupForm
from babel import Locale
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from users import adapters, avatars, decisions, rules
from users.models import User

if TYPE_CHECKING:
    import datetime as dt

    UserForm = forms.ModelForm[User]
else:
    UserForm = forms.ModelForm

KNOWN_LOCALES = tuple(code for code, _name in settings.LANGUAGES)


def countries() -> list[tuple[str, str]]:
    """ISO 3166-1 codes with their names in the reader's language, by name."""
    locale = Locale.parse(get_language() or "en", sep="-")
    named = [
        (code, name)
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"}
    ]
    return sorted(named, key=lambda pair: pair[1])


def locale_and_country_of(request: HttpRequest) -> tuple[str, str]:
    """What the browser suggests, see ``rules.locale_and_country``."""
    return rules.locale_and_country(request.headers.get("Accept-Language", ""), KNOWN_LOCALES)


class Plain:
    """allauth's forms in our words: a label above each field instead of a placeholder inside it."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            if name in {"email", "login"}:
                field.label = _("E-mail")
            if name == "code":
                field.widget.attrs |= {"inputmode": "text", "autocapitalize": "none", "spellcheck": "false"}
            if name == "password":
                field.help_text = ""


class PlainLoginForm(Plain, LoginForm):
    pass


class PlainReauthenticateForm(Plain, ReauthenticateForm):
    pass


class PlainAddEmailForm(Plain, AddEmailForm):
    pass


class PlainChangePasswordForm(Plain, ChangePasswordForm):
    pass


class PlainSetPasswordForm(Plain, SetPasswordForm):
    pass


class PlainResetPasswordForm(Plain, ResetPasswordForm):
    pass


class PlainResetPasswordKeyForm(Plain, ResetPasswordKeyForm):
    pass


class PlainCodeForm(Plain, AuthenticateForm):
    pass


class PlainCodeReauthenticateForm(Plain, CodeReauthenticateForm):
    pass


class PlainActivateTOTPForm(Plain, ActivateTOTPForm):
    pass


class JoinFields(forms.Form):
    """What everybody tells who joins, however they log in later."""

    handle = forms.CharField(
        label=_("Handle"),
        max_length=60,
        help_text=_("Your name on the site, such as moon_fox. It stays the same."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                "maxlength": rules.HANDLE_MAX,
            }
        ),
    )
    birth_date = forms.DateField(
        label=_("Birthday"),
        help_text=_("Never shown to anybody."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}, format="%Y-%m-%d"),
    )
    is_under_age = False

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"].removeprefix("@")
        try:
            decisions.refuse_unfit_handle(handle)
        except decisions.Refused as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return handle

    def clean_birth_date(self) -> dt.date:
        birth_date: dt.date = self.cleaned_data["birth_date"]
        try:
            decisions.refuse_unfit_birth_date(birth_date, today=timezone.now().date())
        except decisions.Refused as refusal:
            self.is_under_age = isinstance(refusal, decisions.TooYoung)
            raise forms.ValidationError(str(refusal), code=refusal.code) from refusal
        return birth_date

    def validate_unique_email(self, value: str) -> str:
        """Only addresses that are somebody's log-in, or proven, are taken: nobody can block an address by claiming it."""
        taken = (
            User.objects.filter(email__iexact=value).exists()
            or EmailAddress.objects.filter(email__iexact=value, verified=True).exists()
        )
        if (
            taken
            and account_settings.EMAIL_VERIFICATION == account_settings.EmailVerificationMethod.MANDATORY
        ):
            self.account_already_exists = True  # the answer goes to the address, not to whoever asks
        elif taken:
            raise forms.ValidationError(str(decisions.EmailTaken.sentence), code=decisions.EmailTaken.code)
        return value

    def sign_up(self, request: HttpRequest, *, password: str | None, email_is_verified: bool = False) -> User:
        locale, country = locale_and_country_of(request)
        return decisions.sign_up(
            email=self.cleaned_data["email"],
            handle=self.cleaned_data["handle"],
            password=password,
            birth_date=self.cleaned_data["birth_date"],
            invite_code=adapters.invite_code_of(request),
            locale=locale,
            country=country,
            email_is_verified=email_is_verified,
            now=timezone.now(),
        )


class SignupForm(Plain, JoinFields, AccountSignupForm):
    field_order = ["email", "password1", "handle", "birth_date"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _("At least 8 characters, and not one that many people use.")

    def save(self, request: HttpRequest) -> User:
        return self.sign_up(request, password=self.cleaned_data["password1"])


class SocialSignupForm(Plain, JoinFields, ProviderSignupForm):
    field_order = ["email", "handle", "birth_date"]

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            return None, flows.signup.prevent_enumeration(request, email=self.cleaned_data["email"])
        try:
            return self.save(request), None
        except decisions.Refused as refusal:  # somebody was faster
            messages.error(request, str(refusal))
            return None, redirect("account_login")


class WaitForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class CodeForm(forms.Form):
    """A code, or the whole link that somebody pasted."""

    code = forms.CharField(
        label=_("Invite link or code"),
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].strip().rstrip("/").rpartition("/")[2]
        if not code or not set(code) <= rules.CODE_LETTERS:
            raise forms.ValidationError(_("That does not look like an invite."))
        return code


class ProfileForm(UserForm):
    class Meta:
        model = User
        fields = ("display_name", "bio")
        widgets = {
            "display_name": forms.TextInput(attrs={"autocomplete": "nickname"}),
            "bio": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {"display_name": _("Shown next to your handle. Leave it empty to be just your handle.")}

    def clean_display_name(self) -> str:
        return rules.clean_line(self.cleaned_data["display_name"])

    def clean_bio(self) -> str:
        return rules.clean_line(self.cleaned_data["bio"])


class PlaceForm(UserForm):
    locale = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    country = forms.ChoiceField(
        label=_("Country"), required=False, help_text=_("What may be shown differs by country.")
    )

    class Meta:
        model = User
        fields = ("locale", "country")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["country"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker; declared above
        field.choices = [("", _("Rather not say")), *countries()]


class AvatarForm(forms.Form):
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("PNG, JPEG or WebP, up to 5 MB. Where and when it was taken is removed."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_picture(self) -> bytes:
        """The picture as we keep it."""
        upload = self.cleaned_data["picture"]
        try:
            return avatars.redraw(upload.file, size=upload.size)
        except avatars.UnfitPicture as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What is it for?"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def clean_name(self) -> str:
        name = rules.clean_line(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Give it a name, so that you know it again."))
        return name


class CloseForm(forms.Form):
    handle = forms.CharField(
        label=_("Type your handle to confirm"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_handle(self) -> str:
        handle: str = self.cleaned_data["handle"].removeprefix("@")
        if handle.lower() != self.user.handle.lower():
            raise forms.ValidationError(_("That is not your handle."))
        return handle
