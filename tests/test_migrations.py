"""The tables are what the models say."""

import io

import pgtrigger
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
    triggers = pgtrigger.registered()
    assert triggers
    state = {trigger.get_uri(model): trigger.get_installation_status(model) for model, trigger in triggers}
    assert {uri: told for uri, told in state.items() if told != ("INSTALLED", True)} == {}
