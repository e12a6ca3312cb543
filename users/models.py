"""People: accounts, the invites that let them in, and the notices that reach them."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import TYPE_CHECKING, ClassVar, Self

import uuid6
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from users import rules

if TYPE_CHECKING:
    from django_stubs_ext.db.models import TypedModelMeta
else:
    TypedModelMeta = object


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, handle: str, password: str | None = None, **fields: object) -> User:
        user = self.model(email=self.normalize_email(email), handle=handle, **fields)
        user.handle_skeleton = rules.skeleton(handle)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, handle: str, password: str | None = None, **fields: object
    ) -> User:
        return self.create_user(email, handle, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    public_id = models.UUIDField(default=uuid6.uuid7, unique=True, editable=False)
    email = models.EmailField(_("e-mail"))
    handle = models.CharField(_("handle"), max_length=rules.HANDLE_MAX)
    handle_skeleton = models.CharField(max_length=rules.HANDLE_MAX, editable=False)
    """What the handle looks like: two handles that look alike share it."""
    display_name = models.CharField(_("name"), max_length=60, blank=True)
    bio = models.CharField(_("about you"), max_length=300, blank=True)
    avatar = models.ImageField(_("picture"), upload_to="avatars/", blank=True)
    birth_date = models.DateField(_("birthday"), null=True, blank=True)
    locale = models.CharField(_("language"), max_length=12, default="en")
    country = models.CharField(_("country"), max_length=2, blank=True)
    """ISO 3166-1 alpha-2, empty if not told."""
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    """When its owner closed the account: only the row itself is left, nothing about the person."""

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle"]
    objects = UserManager()

    class Meta(TypedModelMeta):
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.UniqueConstraint(Lower("handle"), name="user_handle_unique"),
            models.UniqueConstraint("handle_skeleton", name="user_handle_looks_unique"),
            models.CheckConstraint(condition=Q(handle__regex=rules.HANDLE_PATTERN), name="user_handle_form"),
            models.CheckConstraint(
                condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="user_country_form"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None)
                | Q(is_active=False, birth_date=None, display_name="", bio="", avatar=""),
                name="user_closed_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    @property
    def name(self) -> str:
        return self.display_name or self.handle

    def get_short_name(self) -> str:
        return self.name

    @property
    def profile_path(self) -> str:
        return f"/@{self.handle}"

    @property
    def avatar_url(self) -> str:
        """The picture, or the drawn one; the address changes with the picture, so it may be cached."""
        if self.avatar.name:
            return reverse("users:avatar", args=[self.avatar.name.rsplit("/", 1)[-1].removesuffix(".webp")])
        return reverse("users:drawn-avatar", args=[self.public_id])

    @cached_property
    def unread_notices(self) -> int:
        """How many notices wait, at most 99: one COUNT over a partial index, once per request."""
        return Notice.objects.filter(user_id=self.pk).unread()[:UNREAD_MAX].count()

    def age_on(self, day: dt.date) -> int | None:
        """Whole years on ``day``; None if the birthday is not known."""
        return None if self.birth_date is None else rules.age_on(self.birth_date, day)

    def is_adult_on(self, day: dt.date) -> bool:
        age = self.age_on(day)
        return age is not None and age >= rules.ADULT_AGE

    def age_band_on(self, day: dt.date) -> rules.AgeBand:
        return rules.age_band(self.birth_date, day)


UNREAD_MAX = 99


def new_code() -> str:
    """128 random bits, fit for an address."""
    return secrets.token_urlsafe(16)


class InviteQuerySet(models.QuerySet["Invite"]):
    def usable(self, *, now: dt.datetime) -> Self:
        """Whoever holds one of these may still join with it."""
        return self.filter(revoked_at=None, expires_at__gt=now, uses__lt=F("max_uses"))


class Invite(models.Model):
    """A link that lets ``max_uses`` people in."""

    code = models.CharField(_("code"), max_length=43, unique=True, default=new_code, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="invites",
        verbose_name=_("from"),
    )
    """Whose invite it is; None for the site's own."""
    email = models.EmailField(_("sent to"), blank=True)
    """Set if the link was mailed: whoever follows it has shown that the address is theirs."""
    max_uses = models.PositiveIntegerField(_("places"), default=1)
    uses = models.PositiveIntegerField(_("used"), default=0, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    note = models.CharField(_("note"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    objects = InviteQuerySet.as_manager()

    class Meta(TypedModelMeta):
        verbose_name = _("invite")
        verbose_name_plural = _("invites")
        constraints = [
            models.CheckConstraint(condition=Q(uses__lte=F("max_uses")), name="invite_not_overdrawn"),
            models.CheckConstraint(condition=Q(max_uses__gte=1), name="invite_has_a_place"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="invite_expires_later"),
        ]
        indexes = [models.Index("created_by", "created_at", name="invite_of_user")]

    def __str__(self) -> str:
        return f"{self.code[:6]}… {self.uses}/{self.max_uses}"

    @property
    def path(self) -> str:
        return reverse("users:join", args=[self.code])

    @property
    def url(self) -> str:
        return f"{settings.SITE_URL}{self.path}"

    def state_at(self, now: dt.datetime) -> rules.InviteState:
        return rules.invite_state(
            uses=self.uses,
            max_uses=self.max_uses,
            expires_at=self.expires_at,
            revoked_at=self.revoked_at,
            now=now,
        )


class Redemption(models.Model):
    """Who came in by which invite."""

    invite = models.ForeignKey(
        Invite, on_delete=models.PROTECT, related_name="redemptions", verbose_name=_("invite")
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="redemption", verbose_name=_("user")
    )
    at = models.DateTimeField(_("joined"), default=timezone.now)

    class Meta(TypedModelMeta):
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")

    def __str__(self) -> str:
        return f"{self.user} {self.at:%Y-%m-%d}"


class WaitlistEntry(models.Model):
    """Somebody who asked to be told when there is room."""

    email = models.EmailField(_("e-mail"))
    locale = models.CharField(_("language"), max_length=12, default="en")
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    invite = models.OneToOneField(
        Invite,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="waitlist_entry",
        editable=False,
        verbose_name=_("invite"),
    )
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True, editable=False)

    class Meta(TypedModelMeta):
        verbose_name = _("waitlist entry")
        verbose_name_plural = _("waitlist")
        constraints = [models.UniqueConstraint(Lower("email"), name="waitlist_email_unique")]
        indexes = [models.Index("created_at", condition=Q(invited_at=None), name="waitlist_waiting")]

    def __str__(self) -> str:
        return self.email


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notice(models.Model):
    """Something that a person should hear about; how it reads is told by ``users.notices``."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    """What the sentence of the kind names."""
    url = models.CharField(max_length=200, blank=True)
    """A path of this site, or empty."""
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta(TypedModelMeta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z][a-z0-9_]*$"), name="notice_kind_form"),
            models.CheckConstraint(
                condition=Q(url="") | Q(url__regex=r"^/([^/\\]|$)"), name="notice_url_is_a_path_here"
            ),
        ]
        indexes = [
            models.Index("user", condition=Q(read_at=None), name="notice_unread"),
            models.Index("user", F("id").desc(), name="notice_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.user}"


class TokenLabel(models.Model):
    """What its owner calls an API token; the token itself is stored as a hash, by knox."""

    token = models.OneToOneField(
        "knox.AuthToken", primary_key=True, on_delete=models.CASCADE, related_name="label"
    )
    name = models.CharField(_("name"), max_length=60)

    def __str__(self) -> str:
        return self.name
