"""People in the API: who am I, log in for a token, my invites. Nobody can sign up here."""

from __future__ import annotations

from typing import Any

from allauth.account import app_settings as account_settings
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, extend_schema, inline_serializer
from knox.models import AuthToken
from rest_framework import exceptions, serializers, status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from users import decisions, forms, limits, queries, rules
from users.asking import person_of
from users.models import User


class MeSerializer(serializers.ModelSerializer[User]):
    id = serializers.UUIDField(source="public_id", read_only=True)
    avatar_url = serializers.SerializerMethodField()
    unread_notices = serializers.IntegerField(read_only=True)
    locale = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    country = serializers.RegexField(
        r"^([A-Z]{2})?$", required=False, allow_blank=True, help_text="ISO 3166-1 alpha-2, or empty"
    )

    class Meta:
        model = User
        fields = (
            "id",
            "email",
            "handle",
            "display_name",
            "bio",
            "avatar_url",
            "locale",
            "country",
            "date_joined",
            "unread_notices",
        )
        read_only_fields = ("email", "handle", "date_joined")

    def get_avatar_url(self, user: User) -> str:
        return f"{settings.SITE_URL}{user.avatar_url}"

    def validate_display_name(self, value: str) -> str:
        return rules.clean_line(value)

    def validate_bio(self, value: str) -> str:
        return rules.clean_line(value)

    def validate_country(self, value: str) -> str:
        if value and value not in {code for code, _name in forms.countries()}:
            raise serializers.ValidationError(_("That is not a country's code."))
        return value


class MeView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(operation_id="me", summary="The person whose token this is", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        return Response(MeSerializer(person_of(request)).data)

    @extend_schema(
        operation_id="me_change", summary="Change one's profile", request=MeSerializer, responses=MeSerializer
    )
    def patch(self, request: Request) -> Response:
        person = person_of(request)
        serializer = MeSerializer(person, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        decisions.edit_profile(user=person, **serializer.validated_data)
        return Response(MeSerializer(person).data)


class CredentialsSerializer(serializers.Serializer[Any]):
    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False, max_length=1000)
    code = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=40,
        help_text="From the authenticator app, or a recovery code; needed if two-step log-in is on.",
    )
    name = serializers.CharField(
        required=False, max_length=60, default="API", help_text="What the list of tokens calls it."
    )


class WrongCredentials(exceptions.AuthenticationFailed):
    default_detail = _("That e-mail and password do not fit together.")
    default_code = "wrong_credentials"


class CodeNeeded(exceptions.AuthenticationFailed):
    default_detail = _("This account asks for a code as well.")
    default_code = "code_needed"


class WrongCode(exceptions.AuthenticationFailed):
    default_detail = _("That code is not right.")
    default_code = "wrong_code"


class EmailUnverified(exceptions.PermissionDenied):
    default_detail = _("Confirm your e-mail first.")
    default_code = "email_unverified"


class TooOften(exceptions.Throttled):
    default_detail = _("Too many attempts. Please wait a few minutes.")
    default_code = "too_often"

    def __init__(self) -> None:
        super().__init__(wait=60)


class NotAllowed(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class TokenView(APIView):
    """Not for browsers: the password goes in once, the token is for programs."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="token_make",
        summary="Log in for a token",
        auth=[],
        request=CredentialsSerializer,
        responses={
            201: inline_serializer("Token", {"token": serializers.CharField()}),
            401: OpenApiResponse(description="Wrong, or a code is needed"),
        },
    )
    def post(self, request: Request) -> Response:
        http = request._request  # noqa: SLF001 - allauth and the limits know Django's request alone
        if not limits.spend(limits.TOKEN, limits.network_of(http), now=timezone.now()):
            raise TooOften
        serializer = CredentialsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        try:
            user = get_adapter(http).authenticate(http, email=given["email"], password=given["password"])
        except ValidationError as error:
            raise TooOften from error
        if not isinstance(user, User) or not user.is_active:
            raise WrongCredentials
        mandatory = account_settings.EMAIL_VERIFICATION == account_settings.EmailVerificationMethod.MANDATORY
        if mandatory and not EmailAddress.objects.filter(user=user, verified=True).exists():
            raise EmailUnverified
        if is_mfa_enabled(user):
            self._check_code(user, given.get("code", ""))
        try:
            secret = decisions.make_token(
                user=user, name=rules.clean_line(given["name"]) or "API", now=timezone.now()
            )
        except decisions.TooManyTokens as refusal:
            raise NotAllowed(str(refusal), refusal.code) from refusal
        return Response({"token": secret}, status=status.HTTP_201_CREATED)

    def _check_code(self, user: User, code: str) -> None:
        """The same check, limits and single use as on the log-in page, without a session."""
        if not code:
            raise CodeNeeded
        form = AuthenticateForm(user=user, data={"code": code})
        if not form.is_valid():
            raise WrongCode
        form.authenticator.record_usage()

    @extend_schema(
        operation_id="token_revoke",
        summary="Revoke the token of this request",
        request=None,
        responses={204: None},
    )
    def delete(self, request: Request) -> Response:
        if not isinstance(request.auth, AuthToken) or not isinstance(request.user, User):
            raise exceptions.NotAuthenticated
        decisions.revoke_token(user=request.user, digest=request.auth.digest)
        return Response(status=status.HTTP_204_NO_CONTENT)


class InviteRowSerializer(serializers.Serializer[queries.InviteRow]):
    code = serializers.CharField(source="invite.code")
    url = serializers.CharField(source="invite.url")
    state = serializers.ChoiceField(choices=[state.value for state in rules.InviteState])
    max_uses = serializers.IntegerField(source="invite.max_uses")
    uses = serializers.IntegerField(source="invite.uses")
    expires_at = serializers.DateTimeField(source="invite.expires_at")
    used_by = serializers.SerializerMethodField()

    def get_used_by(self, row: queries.InviteRow) -> list[str]:
        return [redemption.user.handle for redemption in row.redemptions]


class InvitesView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="invites",
        summary="My invites and what became of them",
        responses=InviteRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        rows = queries.invites_of(person_of(request), now=timezone.now())
        return Response([InviteRowSerializer(row).data for row in rows])


class RevokeInviteView(APIView):
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="invite_revoke",
        summary="Withdraw a free invite",
        request=None,
        responses={
            204: None,
            404: OpenApiResponse(description="Not yours"),
            409: OpenApiResponse(description="Nothing left to withdraw"),
        },
    )
    def post(self, request: Request, code: str) -> Response:
        try:
            decisions.revoke(code=code, by=person_of(request), now=timezone.now())
        except decisions.NotYours as refusal:
            raise exceptions.NotFound from refusal
        except decisions.InviteGone as refusal:
            raise NotAllowed(str(refusal), refusal.code) from refusal
        return Response(status=status.HTTP_204_NO_CONTENT)
