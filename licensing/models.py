"""The register: who owns which character, and on what terms it may appear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import uuid6
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from licensing import rules

if TYPE_CHECKING:
    from django_stubs_ext.db.models import TypedModelMeta
else:
    TypedModelMeta = object


class RightsHolder(models.Model):
    public_id = models.UUIDField(default=uuid6.uuid7, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=120, unique=True)
    about = models.TextField(_("about"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta(TypedModelMeta):
        verbose_name = _("rights holder")
        verbose_name_plural = _("rights holders")

    def __str__(self) -> str:
        return self.name


class Property(models.Model):
    """A franchise: the work that characters belong to."""

    public_id = models.UUIDField(default=uuid6.uuid7, unique=True, editable=False)
    rights_holder = models.ForeignKey(
        RightsHolder, on_delete=models.PROTECT, related_name="works", verbose_name=_("rights holder")
    )
    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("about"), max_length=2000, blank=True)

    class Meta(TypedModelMeta):
        verbose_name = _("property")
        verbose_name_plural = _("properties")
        constraints = [
            models.UniqueConstraint("rights_holder", Lower("name"), name="property_name_per_holder")
        ]

    def __str__(self) -> str:
        return self.name


class CharacterQuerySet(models.QuerySet["Character"]):
    def offered(self) -> Self:
        """Characters that creators may use now."""
        return self.filter(offered=True)


class Character(models.Model):
    public_id = models.UUIDField(default=uuid6.uuid7, unique=True, editable=False)
    work = models.ForeignKey(
        Property, on_delete=models.PROTECT, related_name="characters", verbose_name=_("work")
    )
    handle = models.CharField(_("handle"), max_length=24)
    name = models.CharField(_("name"), max_length=120)
    about = models.TextField(_("about"), max_length=2000, blank=True)
    drawing = models.CharField(_("picture"), max_length=64)
    """The picture of the engine's vector set that plays the character."""
    colour = models.CharField(_("colour"), max_length=12, blank=True)
    terms = models.TextField(_("terms in plain words"), max_length=2000)
    offered = models.BooleanField(_("offered to creators"), default=True)

    objects = CharacterQuerySet.as_manager()

    class Meta(TypedModelMeta):
        verbose_name = _("character")
        verbose_name_plural = _("characters")
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="character_handle_unique"),
            models.CheckConstraint(
                condition=Q(handle__regex=rules.HANDLE_PATTERN), name="character_handle_form"
            ),
            models.CheckConstraint(
                condition=Q(colour="") | Q(colour__in=sorted(rules.COLOURS)), name="character_colour_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (@{self.handle})"

    @property
    def credit(self) -> str:
        return f"{self.name} © {self.work.rights_holder.name}"
