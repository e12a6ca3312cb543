"""Who is served next: one person's many jobs do not hold another's single one up."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter, defaultdict

import pytest
from django.db import connection, connections
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from generation import decisions, queries
from generation.decisions import queue
from generation.models import Generation, State, Turn
from generation.tests.conftest import NOW, ask
from users.models import User


@pytest.fixture(autouse=True)
def _no_limits(settings: Settings) -> None:
    settings.MAX_ACTIVE_GENERATIONS = settings.MAX_DAILY_GENERATIONS = 10_000


def serve(count: int = 1) -> list[str]:
    """Handles in the order in which a worker would serve them; each job ends before the next is taken."""
    served = []
    for _ in range(count):
        job = decisions.claim_next(worker="w", now=NOW)
        if job is None:
            break
        served.append(job.owner.handle)
        decisions.fail(generation=job, problem="engine_broke", now=NOW)
    return served


@pytest.mark.django_db
def test_a_hundred_jobs_delay_a_single_one_by_the_one_that_runs(alice: User, bob: User) -> None:
    for _ in range(100):
        ask(alice)
    running = decisions.claim_next(worker="w", now=NOW)
    assert running is not None
    assert running.owner == alice
    ask(bob)
    decisions.fail(generation=running, problem="engine_broke", now=NOW)
    assert serve(3) == ["bobby", "alice", "alice"]


@pytest.mark.django_db
def test_it_holds_after_a_long_history_and_with_many_workers(alice: User, bob: User) -> None:
    for _ in range(30):
        ask(alice)
    serve(20)
    running = [decisions.claim_next(worker=f"w{n}", now=NOW) for n in range(4)]
    assert {job.owner.handle for job in running if job} == {"alice"}
    ask(bob)
    assert serve(1) == ["bobby"]


@pytest.mark.django_db
def test_equals_take_turns(alice: User, bob: User, charlie: User) -> None:
    for _ in range(3):
        for person in (alice, bob, charlie):
            ask(person)
    assert serve(9) == ["alice", "bobby", "charlie"] * 3


@pytest.mark.django_db
def test_long_clips_wait_more_turns(alice: User, bob: User) -> None:
    for _ in range(4):
        ask(alice, seconds=12.0)
    for _ in range(16):
        ask(bob, seconds=3.0)
    served = Counter(serve(10))
    assert served["bobby"] == pytest.approx(4 * served["alice"], abs=4)


@pytest.mark.django_db
def test_coming_back_sheds_no_debt(alice: User, bob: User) -> None:
    """Somebody who always has one job waiting gets no more than somebody with a full queue."""
    for _ in range(20):
        ask(bob)
    ask(alice)
    order = []
    for _ in range(12):
        order += serve(1)
        if order[-1] == "alice":
            ask(alice)
    assert 5 <= Counter(order)["alice"] <= 7


@pytest.mark.django_db
def test_nobody_saves_up_while_away(alice: User, bob: User) -> None:
    ask(alice)
    serve(1)
    for _ in range(20):
        ask(bob)
    serve(10)
    for _ in range(10):
        ask(alice)
    assert abs(Counter(serve(10))["alice"] - 5) <= 1


@pytest.mark.django_db
def test_background_jobs_wait_until_nobody_else_does(alice: User, bob: User) -> None:
    ask(alice, background=True)
    ask(alice, background=True)
    ask(bob)
    ask(bob)
    assert serve(4) == ["bobby", "bobby", "alice", "alice"]


@pytest.mark.django_db
def test_an_owners_jobs_go_oldest_first_and_deleted_or_cancelled_ones_not_at_all(alice: User) -> None:
    first, second, third, fourth = (
        ask(alice, f"Ball {n}", now=NOW + dt.timedelta(seconds=n)) for n in range(4)
    )
    decisions.cancel(generation=second, now=NOW)
    decisions.delete(generation=third, now=NOW)
    taken = [decisions.claim_next(worker="w", now=NOW) for _ in range(3)]
    assert [job and job.pk for job in taken] == [first.pk, fourth.pk, None]


@pytest.mark.django_db
def test_a_job_given_back_costs_its_owner_no_turn(alice: User, bob: User) -> None:
    ask(alice)
    ask(bob)
    job = decisions.claim_next(worker="w", now=NOW)
    assert job is not None
    assert decisions.give_back(generation=job, now=NOW)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.lease_token) == (State.QUEUED, 0, None)
    assert serve(2) == ["alice", "bobby"]


@pytest.mark.django_db
def test_places_on_the_page_are_the_order_of_service(alice: User, bob: User, charlie: User) -> None:
    for person, count, seconds in ((alice, 5, 3.0), (bob, 2, 12.0), (charlie, 3, 6.0)):
        for _ in range(count):
            ask(person, seconds=seconds)
    ask(alice, background=True)
    serve(2)
    places = queries.line(now=NOW)
    told = [pk for pk, place in sorted(places.items(), key=lambda item: item[1]["position"])]
    assert [places[pk]["position"] for pk in told] == list(range(1, 10))
    etas = [places[pk]["eta"] for pk in told]
    assert etas == sorted(etas)
    served = []
    while (job := decisions.claim_next(worker="w", now=NOW)) is not None:
        served.append(job.pk)
    assert served == told


arrivals = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([3.0, 5.0, 12.0, 30.0]), st.integers(0, 2)),
    min_size=1,
    max_size=60,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arrivals)
@pytest.mark.django_db
def test_whoever_waits_gets_the_same_within_one_job_each(
    alice: User, bob: User, charlie: User, staff: User, jobs: list[tuple[int, float, int]]
) -> None:
    """Random arrivals with mixed costs, a served job now and then: while two people both wait, the compute
    that they get differs by no more than the largest job of each."""
    Generation.objects.all().delete()
    Turn.objects.all().delete()
    people = [alice, bob, charlie, staff]
    waiting: Counter[int] = Counter()
    got: dict[tuple[int, int], float] = defaultdict(float)

    def served() -> None:
        job = decisions.claim_next(worker="w", now=NOW)
        assert (job is None) == (sum(waiting.values()) == 0), (
            "work waits and nobody is served, or the other way round"
        )
        if job is None:
            return
        others = [person for person, count in waiting.items() if count and person != job.owner_id]
        for other in others:
            got[job.owner_id, other] += job.cost
            # What `other` got while `job.owner` waited too is counted the other way round.
            lead = got[job.owner_id, other] - got[other, job.owner_id]
            assert lead <= 2 * largest + 1e-6
        waiting[job.owner_id] -= 1
        if waiting[job.owner_id] == 0:
            for person in people:
                got[job.owner_id, person.pk] = got[person.pk, job.owner_id] = 0.0

    largest = max(Generation(cost=seconds).cost for _who, seconds, _serve in jobs) / 8
    for who, seconds, serve_after in jobs:
        job = ask(people[who], seconds=seconds)
        largest = max(largest, job.cost)
        waiting[people[who].pk] += 1
        for _ in range(serve_after):
            served()
    while sum(waiting.values()):
        served()
    assert decisions.claim_next(worker="w", now=NOW) is None


@pytest.mark.django_db(transaction=True)
def test_many_workers_take_each_job_once_and_lose_none() -> None:
    people = [User.objects.create_user(f"p{n}@example.org", f"person{n}", "pass phrase") for n in range(5)]
    wanted = {ask(person, seconds=3.0 + n).pk for n in range(12) for person in people}
    taken: list[int] = []
    start = threading.Barrier(8)

    def work(name: str) -> None:
        try:
            start.wait()
            misses = 0
            while misses < 3:
                job = decisions.claim_next(worker=name, now=timezone.now())
                if job is None:
                    misses += 1
                    continue
                taken.append(job.pk)
                assert decisions.fail(generation=job, problem="engine_broke", now=timezone.now())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    while (job := decisions.claim_next(worker="late", now=timezone.now())) is not None:
        taken.append(job.pk)
    assert sorted(taken) == sorted(wanted)


@pytest.mark.django_db(transaction=True)
def test_submitting_and_claiming_at_once_forgets_nobody(alice: User, bob: User) -> None:
    """The last job of a person is taken at the moment when the next arrives."""
    done = threading.Event()
    taken: list[int] = []

    def work() -> None:
        try:
            while not done.is_set() or Generation.objects.queued().exists():
                job = decisions.claim_next(worker="w", now=timezone.now())
                if job is not None:
                    taken.append(job.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    wanted = [ask(person).pk for _ in range(25) for person in (alice, bob)]
    done.set()
    for thread in threads:
        thread.join(60)
    assert sorted(taken) == sorted(wanted)
    assert not queries.waiting_without_turn().exists()


@pytest.mark.django_db
def test_a_claim_costs_a_handful_of_statements(alice: User, django_assert_max_num_queries: object) -> None:
    ask(alice)
    before = len(connection.queries_log)
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        assert decisions.claim_next(worker="w", now=NOW) is not None
    assert before >= 0


@pytest.mark.django_db
def test_the_ring_is_repaired_if_a_place_is_missing(alice: User) -> None:
    job = ask(alice)
    Turn.objects.all().delete()
    assert decisions.claim_next(worker="w", now=NOW) is None
    queue.join(owner_id=alice.pk)
    claimed = decisions.claim_next(worker="w", now=NOW)
    assert claimed is not None
    assert claimed.pk == job.pk
