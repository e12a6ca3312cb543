"""The tables are what the models say."""

import io

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_migration_is_missing():
    said = io.StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said, stderr=said)
    except SystemExit:
        pytest.fail(f"models changed without a migration:\n{said.getvalue()}")


@pytest.mark.django_db
def test_every_trigger_is_installed_as_written():
    said = io.StringIO()
    call_command("pgtrigger", "ls", stdout=said)
    lines = [line for line in said.getvalue().splitlines() if line.strip()]
    assert lines
    assert [line for line in lines if "INSTALLED" not in line or "OUTDATED" in line or "PRUNE" in line] == []
