"""Entry point of the task workers: ``python -m dramatiq sora_site.worker``."""

import os
from importlib import import_module

import django

from sora_site.embedded.process import die_with_parent

die_with_parent()  # a worker whose master was killed would take jobs that nobody watches

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sora_site.settings")
django.setup()

from django.apps import apps  # noqa: E402
from django.utils.module_loading import module_has_submodule  # noqa: E402

for _config in apps.get_app_configs():
    if _config.module is not None and module_has_submodule(_config.module, "actors"):
        import_module(f"{_config.name}.actors")
