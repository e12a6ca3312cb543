"""A hundred people, four places, real threads on a real database."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from users import decisions
from users.models import Invite, Redemption, User
from users.tests.conftest import ADULT

CROWD, PLACES = 100, 4


def storm(attempt):
    """``attempt(number)`` from CROWD threads at once; what each returned or raised."""
    gate = threading.Barrier(CROWD)

    def one(number):
        try:
            gate.wait(timeout=60)
            return attempt(number)
        except decisions.Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(one, range(CROWD)))


@pytest.mark.django_db(transaction=True)
def test_a_code_for_four_admits_exactly_four_of_a_hundred(now):
    invite = decisions.make_invite(by=None, max_uses=PLACES, now=now)

    def sign_up(number):
        return decisions.sign_up(
            email=f"p{number}@example.org",
            handle="p"
            + "".join("abdfhkmptu"[int(digit)] for digit in f"{number:03}"),  # none looks like another
            password="a quiet harbour 7",
            birth_date=ADULT,
            invite_code=invite.code,
            now=now,
        )

    answers = storm(sign_up)
    assert sum(isinstance(answer, User) for answer in answers) == PLACES
    assert sum(isinstance(answer, decisions.InviteUnusable) for answer in answers) == CROWD - PLACES
    assert User.objects.count() == Redemption.objects.filter(invite=invite).count() == PLACES
    assert Invite.objects.get(pk=invite.pk).uses == PLACES
    assert Invite.objects.filter(created_by__isnull=False).count() == PLACES * 4


@pytest.mark.django_db(transaction=True)
def test_a_hundred_who_want_one_handle_yield_one_person_and_spend_one_place(now):
    invite = decisions.make_invite(by=None, max_uses=CROWD, now=now)

    def sign_up(number):
        return decisions.sign_up(
            email=f"p{number}@example.org",
            handle="moon_fox",
            password=None,
            birth_date=ADULT,
            invite_code=invite.code,
            now=now,
        )

    answers = storm(sign_up)
    assert sum(isinstance(answer, User) for answer in answers) == 1
    assert sum(isinstance(answer, decisions.HandleTaken) for answer in answers) == CROWD - 1
    assert Invite.objects.get(pk=invite.pk).uses == 1
