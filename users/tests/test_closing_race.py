"""Closing an account while others act on it, with real threads on a real database."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from users import decisions
from users.models import Invite, User

pytestmark = pytest.mark.django_db(transaction=True)


def close(person, now):
    """Closes the account on a connection of its own; what was refused is returned."""
    try:
        decisions.close_account(user=person, now=now)
    except decisions.LastAdministrator as refusal:
        return refusal
    finally:
        connection.close()
    return None


def wait_until_one_waits_for_us():
    """Returns once another connection waits for a lock that this one holds."""
    for _look in range(50_000):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            if cursor.fetchone()[0]:
                return
    pytest.fail("nobody ever waited")


@pytest.mark.parametrize("turn", range(5))
def test_of_two_administrators_who_leave_at_once_one_stays(joined, now, turn):
    both = [joined("first_keeper"), joined("second_keeper")]
    User.objects.filter(pk__in=[each.pk for each in both]).update(is_staff=True, is_superuser=True)
    gate = threading.Barrier(2)

    def leave(person):
        connection.ensure_connection()
        gate.wait(timeout=60)
        return close(person, now)

    with ThreadPoolExecutor(2) as pair:
        answers = list(pair.map(leave, both))
    assert sorted(type(answer).__name__ for answer in answers) == ["LastAdministrator", "NoneType"]
    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


def test_somebody_comes_in_while_the_one_who_invited_them_leaves(joined, now):
    alice = joined("alice")
    invite = Invite.objects.filter(created_by=alice).first()
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            decisions.redeem(code=invite.code, now=now)
            leaving = other.submit(close, alice, now)
            wait_until_one_waits_for_us()
            decisions.notify(user=alice, kind="welcome", data={"invites": 1}, url="/invites", now=now)
        assert leaving.result(timeout=60) is None
    assert Invite.objects.get(pk=invite.pk).uses == 1
    assert User.objects.get(pk=alice.pk).closed_at == now
