"""People: accounts, the invites that let them in, and the notices that reach them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, ClassVar

import uuid6
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
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

    def create_superuser(self, email: str, handle: str, password: str | None = None, **fields: object) -> User:
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
    date_joined = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle"]
    objects = UserManager()

    class Meta(TypedModelMeta):
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_unique"),
            models.UniqueConstraint(Lower("handle"), name="user_handle_unique"),
            models.UniqueConstraint("handle_skeleton", name="user_handle_looks_unique"),
            models.CheckConstraint(condition=Q(handle__regex=rules.HANDLE_PATTERN), name="user_handle_form"),
            models.CheckConstraint(condition=Q(country="") | Q(country__regex=r"^[A-Z]{2}$"), name="user_country_form"),
        ]

    def __str__(self) -> str:
        return f"@{self.handle}"

    @property
    def name(self) -> str:
        return self.display_name or self.handle

    def get_short_name(self) -> str:
        return self.name

    def age_on(self, day: dt.date) -> int | None:
        """Whole years on ``day``; None if the birthday is not known."""
        return None if self.birth_date is None else rules.age_on(self.birth_date, day)

    def is_adult_on(self, day: dt.date) -> bool:
        age = self.age_on(day)
        return age is not None and age >= rules.ADULT_AGE
