"""The committed ``openapi.yaml`` is what the code serves."""

import difflib
import io
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import translation

COMMITTED = Path(settings.BASE_DIR) / "openapi.yaml"


def test_the_schema_is_valid_complete_and_committed():
    made = io.StringIO()
    with translation.override("en"):
        call_command("spectacular", "--validate", "--fail-on-warn", stdout=made)
    told = COMMITTED.read_text("utf-8")
    difference = "\n".join(
        difflib.unified_diff(
            told.splitlines(), made.getvalue().splitlines(), "committed", "made", lineterm=""
        )
    )
    assert not difference, (
        f"run: manage.py spectacular --file openapi.yaml --validate --fail-on-warn\n{difference[:4000]}"
    )
