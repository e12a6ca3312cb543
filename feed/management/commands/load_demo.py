"""The demo site: a fictional catalogue, a handful of creators, and clips that the engine makes in the background."""

from __future__ import annotations

import json
import logging
from io import BytesIO
from pathlib import Path
from typing import Any

import resvg_py
from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import IntegrityError, transaction
from django.utils import timezone

from feed import decisions
from generation import decisions as making
from generation.models import Generation
from generation.rules import Wish
from licensing.models import Character, Property, RightsHolder
from users import avatars
from users.decisions import set_avatar
from users.models import User

log = logging.getLogger(__name__)
DEMO = Path(__file__).resolve().parents[2] / "demo"
AVATAR_PIXELS = 256


class Command(BaseCommand):
    help = "Fills a new site with a fictional catalogue, demo creators and about 30 clips, made when nobody else waits."

    def handle(self, **_options: Any) -> None:
        """Again and again with the same result; what somebody changed or took back since stays so."""
        load_catalogue()
        creators = load_creators()
        queued = load_clips(creators)
        published = decisions.grant_ready_wishes(now=timezone.now())
        self.stdout.write(
            f"demo site: {len(creators)} creators, {queued} clips queued, {published} published"
        )


def _read(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((DEMO / name).read_text("utf-8"))
    return found


@transaction.atomic
def load_catalogue() -> None:
    for told in _read("catalogue.json"):
        holder, _new = RightsHolder.objects.get_or_create(
            name=told["name"], defaults={"about": told["about"]}
        )
        for about in told["works"]:
            work, _new = Property.objects.get_or_create(
                rights_holder=holder, name=about["name"], defaults={"about": about["about"]}
            )
            for character in about["characters"]:
                words = {key: value for key, value in character.items() if key != "handle"}
                Character.objects.get_or_create(handle=character["handle"], defaults={"work": work, **words})


def load_creators() -> dict[str, User]:
    """By handle. A creator whose handle a real person has is left out."""
    creators = {}
    for told in _read("creators.json"):
        email = f"{told['handle']}@{decisions.DEMO_DOMAIN}"
        user = User.objects.filter(email=email).first()
        if user is None:
            try:
                with transaction.atomic():
                    user = User.objects.create_user(
                        email=email,
                        handle=told["handle"],
                        display_name=told["name"],
                        bio=told["bio"],
                        locale=told["locale"],
                    )
            except IntegrityError:
                continue
            picture = draw(told["drawing"], told["backdrop"])
            set_avatar(user=user, picture=avatars.redraw(BytesIO(picture), size=len(picture)))
        creators[told["handle"]] = user
    return creators


def draw(drawing: str, backdrop: str) -> bytes:
    """A picture of the engine's set on a plain ground, as a PNG."""
    pictures = settings.NODE_MODULES / "@iconify-json" / "fluent-emoji" / "icons.json"
    body = json.loads(pictures.read_text("utf-8"))["icons"][drawing]["body"]
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="-8 -8 48 48">'
        f'<rect x="-8" y="-8" width="48" height="48" fill="{backdrop}"/>{body}</svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=AVATAR_PIXELS, height=AVATAR_PIXELS))


def load_clips(creators: dict[str, User]) -> int:
    """Queue what was never asked for. Returns how many."""
    queued = 0
    for told in _read("clips.json"):
        owner = creators.get(told["by"])
        key = f"demo-{told['key']}"
        if owner is None or Generation.objects.filter(owner=owner, idempotency_key=key).exists():
            continue
        wish = Wish(prompt=told["prompt"], seconds=told["seconds"], seed=told["seed"], background=True)
        try:
            with transaction.atomic():
                generation, _new = making.submit(
                    owner=owner, wish=wish, idempotency_key=key, now=timezone.now()
                )
                decisions.wish(generation=generation, caption=told["caption"], likes=told["likes"])
        except making.Refused as error:  # somebody withdrew a character or suspended a creator
            log.warning("demo clip %s is left out: %s", told["key"], error)
        else:
            queued += 1
    return queued
