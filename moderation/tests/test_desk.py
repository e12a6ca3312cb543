"""The staff's desk: what comes first, who may sit there, and that every decision leads on."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse

from moderation import decisions, people, queries
from moderation.models import Report, Ruling

QUEUE = "/admin/moderation/report/queue/"


def case_path(user):
    return reverse("admin:moderation_case", args=["user", user.public_id])


def report(reporter, about, now, *, reason="spam", details=""):
    return decisions.report(
        reporter=reporter,
        subject_kind="user",
        subject_id=about.public_id,
        reason=reason,
        details=details,
        now=now,
    )


@pytest.fixture
def two_cases(alice, bob, charlie, now):
    """Charlie is reported twice, Alice once but for something that cannot wait."""
    hour = dt.timedelta(hours=1)
    report(alice, charlie, now - 3 * hour)
    report(bob, charlie, now - 2 * hour, details="buy my <b>pills</b>")
    report(bob, alice, now - hour, reason="minors")


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def test_what_cannot_wait_comes_first_then_what_most_people_say(two_cases, alice, charlie):
    assert [(case.public_id, case.reports, case.urgent) for case in queries.open_cases()] == [
        (alice.public_id, 1, True),
        (charlie.public_id, 2, False),
    ]


def test_of_equals_the_oldest_comes_first(alice, bob, charlie, now):
    report(bob, alice, now)
    report(bob, charlie, now - dt.timedelta(days=1))
    assert [case.public_id for case in queries.open_cases()] == [charlie.public_id, alice.public_id]


def test_passing_over_goes_round_the_queue(two_cases, alice, charlie):
    first, second = queries.open_cases()
    assert queries.next_case() == first
    assert queries.next_case(after=first.key) == second
    assert queries.next_case(after=second.key) == first


def test_the_only_case_has_no_next(alice, bob, now):
    report(bob, alice, now)
    assert queries.next_case(after=("user", alice.public_id)) is None


def test_the_admins_first_page_names_the_number_of_cases(two_cases, desk):
    page = desk.get("/admin/")
    assert "2 cases wait for a decision." in page.text
    assert QUEUE in page.text


def test_the_queue_lists_every_case_with_its_reasons(two_cases, desk):
    page = desk.get(QUEUE)
    assert page.status_code == 200
    assert page.text.index("@alice") < page.text.index("@charlie")
    assert "Endangers a child" in page.text


def test_an_empty_queue_is_no_dead_end(desk):
    page = desk.get(QUEUE)
    assert "All clear" in page.text
    assert reverse("admin:moderation_ruling_changelist") in page.text


def test_a_case_shows_everything_and_escapes_it(two_cases, desk, charlie):
    page = desk.get(case_path(charlie))
    assert page.status_code == 200
    for told in (
        "@alice",
        "@bob",
        "Spam or deception",
        "buy my &lt;b&gt;pills&lt;/b&gt;",
        "No earlier ruling.",
    ):
        assert told in page.text
    assert [int(key) for key in re.findall(r'data-key="(\d)"', page.text)] == [1, 2]


def test_deciding_leads_to_the_next_case_and_at_the_end_to_the_queue(two_cases, desk, alice, charlie):
    response = desk.post(case_path(alice), {"act": "dismiss", "reason": "other", "explanation": ""})
    assert (response.status_code, response["Location"]) == (302, case_path(charlie))
    response = desk.post(
        case_path(charlie), {"act": "suspend", "reason": "spam", "explanation": "No pills here."}
    )
    assert (response.status_code, response["Location"]) == (302, QUEUE)
    assert queries.is_suspended(charlie)
    assert not queries.is_suspended(alice)
    assert Ruling.objects.get().explanation == "No pills here."


def test_what_was_ruled_can_be_taken_back_from_the_same_screen(two_cases, desk, charlie, boss, now):
    ruling = decisions.rule(
        staff=boss,
        subject=people.describe(charlie.public_id),
        kind="suspend",
        reason="spam",
        explanation="",
        now=now,
    )
    page = desk.get(case_path(charlie))
    assert "Take back: Suspend the author" in page.text
    assert 'value="suspend"' not in page.text
    desk.post(case_path(charlie), {"act": f"lift:{ruling.public_id}", "explanation": ""})
    assert not queries.is_suspended(charlie)


def test_a_ruling_about_somebody_else_is_not_lifted_from_here(two_cases, desk, alice, charlie, boss, now):
    ruling = decisions.rule(
        staff=boss,
        subject=people.describe(charlie.public_id),
        kind="suspend",
        reason="spam",
        explanation="",
        now=now,
    )
    response = desk.post(case_path(alice), {"act": f"lift:{ruling.public_id}", "explanation": ""})
    assert response.status_code == 409
    assert queries.is_suspended(charlie)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"act": "nonsense", "reason": "spam"}, 400),
        ({"act": "hide", "reason": "spam"}, 400),
        ({"act": "suspend", "reason": "nonsense"}, 400),
        ({"act": "suspend", "reason": "spam", "explanation": "x" * 1001}, 400),
        ({"act": "suspend", "reason": "spam", "explanation": "a\x00b"}, 400),
        ({"act": "lift:", "reason": "spam"}, 409),
    ],
)
def test_what_cannot_be_done_is_said_on_the_case(two_cases, desk, charlie, sent, status):
    response = desk.post(case_path(charlie), sent)
    assert response.status_code == status
    assert 'role="alert"' in response.text
    assert not Ruling.objects.exists()
    assert Report.objects.open().count() == 3


def test_standard_words_left_as_they_were_reach_the_author_in_chinese(two_cases, desk, charlie):
    from django.utils import translation

    from moderation import rules

    charlie.locale = "zh-hans"
    charlie.save()
    desk.post(
        case_path(charlie),
        {"act": "suspend", "reason": "spam", "explanation": rules.explanation_for("suspend", "spam")},
    )
    with translation.override("zh-hans"):
        assert Ruling.objects.get().explanation == rules.explanation_for("suspend", "spam")


def test_a_colleague_on_the_same_case_is_named(two_cases, desk, charlie, boss):
    other = Client()
    other.force_login(boss)
    other.get(case_path(charlie))
    assert "@boss_bea opened this case a moment ago." in desk.get(case_path(charlie)).text


@pytest.mark.parametrize("who", ["clerk", "bob", None])
def test_the_desk_is_for_those_who_may_decide(request, two_cases, client, charlie, who):
    if who:
        client.force_login(request.getfixturevalue(who))
    frame = reverse("admin:moderation_frame", args=["user", charlie.public_id, 0])
    for path in (QUEUE, case_path(charlie), frame):
        assert client.get(path).status_code in {302, 403}
    response = client.post(case_path(charlie), {"act": "suspend", "reason": "spam"})
    assert response.status_code in {302, 403}
    assert not Ruling.objects.exists()
    assert Report.objects.open().count() == 3


def test_deciding_needs_the_csrf_token(two_cases, staff, charlie):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(staff)
    assert careful.post(case_path(charlie), {"act": "suspend", "reason": "spam"}).status_code == 403
    assert not Ruling.objects.exists()


def test_the_records_are_read_and_never_edited(two_cases, client, boss, charlie, now):
    ruling = decisions.rule(
        staff=boss,
        subject=people.describe(charlie.public_id),
        kind="suspend",
        reason="spam",
        explanation="",
        now=now,
    )
    client.force_login(boss)
    for model, row in (("report", Report.objects.first()), ("ruling", ruling)):
        assert client.get(f"/admin/moderation/{model}/").status_code == 200
        assert client.get(f"/admin/moderation/{model}/{row.pk}/change/").status_code == 200
        assert (
            client.post(f"/admin/moderation/{model}/{row.pk}/change/", {"explanation": "x"}).status_code
            == 403
        )
        assert client.get(f"/admin/moderation/{model}/add/").status_code == 403
        assert client.post(f"/admin/moderation/{model}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    ruling.refresh_from_db()
    assert ruling.explanation != "x"


def test_the_queue_costs_the_same_for_one_and_for_many_of_the_same_kind(
    two_cases, django_assert_max_num_queries
):
    with django_assert_max_num_queries(1):
        queries.open_cases()


# --- the API ----------------------------------------------------------------------------------


def test_the_api_takes_a_report_once(client, alice, bob):
    client.force_login(bob)
    sent = {"subject_kind": "user", "subject_id": str(alice.public_id), "reason": "hate"}
    first = client.post("/api/v1/reports", sent, content_type="application/json")
    again = client.post("/api/v1/reports", sent, content_type="application/json")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"reason": "nonsense"}, 400),
        ({"subject_kind": "cloud"}, 400),
        ({"subject_id": "not-an-id"}, 400),
        ({"subject_id": "01930000-0000-7000-8000-000000000000"}, 404),
        ({"details": "x" * 1001}, 400),
        ({"details": "a\x00b"}, 400),
    ],
)
def test_the_api_refuses_in_words(client, alice, bob, changes, status):
    client.force_login(bob)
    sent = {"subject_kind": "user", "subject_id": str(alice.public_id), "reason": "hate"} | changes
    response = client.post("/api/v1/reports", sent, content_type="application/json")
    assert response.status_code == status, response.json()
    assert not Report.objects.exists()


def test_the_api_tells_people_their_own_rulings_only(client, alice, bob, staff, now):
    decisions.rule(
        staff=staff,
        subject=people.describe(alice.public_id),
        kind="suspend",
        reason="hate",
        explanation="Why.",
        now=now,
    )
    assert client.get("/api/v1/rulings").status_code == 401
    client.force_login(bob)
    assert client.get("/api/v1/rulings").json()["results"] == []
    client.force_login(alice)
    (row,) = client.get("/api/v1/rulings").json()["results"]
    assert (row["kind"], row["explanation"], row["lifted_at"]) == ("suspend", "Why.", None)
    assert "made_by" not in row


def test_the_suspended_get_a_sentence_and_a_code(client, alice, bob, staff, now):
    decisions.rule(
        staff=staff,
        subject=people.describe(bob.public_id),
        kind="suspend",
        reason="spam",
        explanation="",
        now=now,
    )
    client.force_login(bob)
    sent = {"subject_kind": "user", "subject_id": str(alice.public_id), "reason": "hate"}
    response = client.post("/api/v1/reports", sent, content_type="application/json")
    assert response.status_code == 403
    assert response.json()["code"] == "not_allowed"
    assert "suspended" in response.json()["detail"]
    assert not Report.objects.exists()
