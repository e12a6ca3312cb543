"""Django's own deployment checks find nothing to say about a site set up as the README tells."""

import os
import subprocess
import sys

from django.conf import settings

SETTINGS = {"DJANGO_SETTINGS_MODULE": "sora_site.settings"}


def test_a_production_site_passes_djangos_checks():
    production = {
        "DEBUG": "0",
        "SITE_URL": "https://clips.example.org",
        "ALLOWED_HOSTS": "clips.example.org",
        "CSRF_TRUSTED_ORIGINS": "https://clips.example.org",
        "SECRET_KEY": "0Vd7-long-and-random-9fJ2mQx8RkTz5wLhYb3cNsPa6uEgXi1oDvKt4",
        "BEHIND_PROXY": "1",
        "HTTPS": "1",
    }
    result = subprocess.run(
        [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=settings.BASE_DIR, env=os.environ | SETTINGS | production, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues" in result.stdout + result.stderr


def test_a_site_without_a_secret_does_not_start():
    bare = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"} | SETTINGS
    result = subprocess.run(
        [sys.executable, "-m", "django", "check"],
        cwd=settings.BASE_DIR,
        env=bare,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode != 0
    assert "SECRET_KEY is not set" in result.stderr
