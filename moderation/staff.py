"""The group that an administrator puts moderators in. It exists wherever tables do."""

from __future__ import annotations

from django.apps import AppConfig

GROUP = "Moderators"


def keep_group(sender: AppConfig, using: str, **_kwargs: object) -> None:
    """Once permissions exist: the group, with the right to see the desk and to decide.

    What an administrator took away from the group later stays away.
    """
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission

    group, new = Group.objects.using(using).get_or_create(name=GROUP)
    if not new:
        return
    create_permissions(sender, verbosity=0, using=using)
    codes = ["rule", "view_report", "view_ruling"]
    group.permissions.set(
        Permission.objects.using(using).filter(content_type__app_label=sender.label, codename__in=codes)
    )
