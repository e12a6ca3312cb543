"""Who may decide, what it changes, how it is taken back, and what stays on record."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from moderation import decisions, people, queries
from moderation.models import Report, Ruling
from users.models import Notice


@pytest.fixture
def reported(alice, bob, charlie, now):
    """Alice's page, reported by Bob and Charlie."""
    for reporter in (bob, charlie):
        decisions.report(
            reporter=reporter,
            subject_kind="user",
            subject_id=alice.public_id,
            reason="hate",
            details="",
            now=now,
        )
    return people.describe(alice.public_id)


def rule(staff, subject, now, *, kind="suspend", reason="hate", explanation="Please be kind."):
    return decisions.rule(
        staff=staff, subject=subject, kind=kind, reason=reason, explanation=explanation, now=now
    )


def test_a_ruling_closes_its_reports_and_tells_everybody(reported, alice, bob, charlie, staff, now):
    made = rule(staff, reported, now)
    assert queries.is_suspended(alice)
    assert queries.suspension_of(alice) == made
    closed = Report.objects.order_by("pk")
    assert [(row.state, row.closed_by, row.ruling, row.closed_at) for row in closed] == [
        ("upheld", staff, made, now)
    ] * 2
    assert [notice.kind for notice in Notice.objects.filter(user=alice)] == ["account_suspended"]
    assert Notice.objects.get(user=alice).data["explanation"] == "Please be kind."
    for reporter in (bob, charlie):
        assert [notice.kind for notice in Notice.objects.filter(user=reporter)] == ["report_upheld"]
    assert not queries.open_cases()


def test_standard_words_reach_the_author_in_their_language(reported, alice, staff, now):
    made = rule(staff, reported, now, explanation="")
    assert made.explanation == (
        "It attacks or harasses people."
        " You can read and watch, but you cannot make, publish, like or report for now."
    )


@pytest.mark.parametrize("who", ["clerk", "bob", "alice"])
def test_without_the_permission_nothing_moves(request, reported, alice, who, now):
    outsider = request.getfixturevalue(who)
    with pytest.raises(decisions.MayNot):
        rule(outsider, reported, now)
    with pytest.raises(decisions.MayNot):
        decisions.dismiss(staff=outsider, subject=reported, answer="", now=now)
    assert not Ruling.objects.exists()
    assert Report.objects.open().count() == 2
    assert not queries.is_suspended(alice)
    assert not Notice.objects.exists()


def test_nobody_decides_about_themselves(bob, staff, now):
    decisions.report(
        reporter=bob, subject_kind="user", subject_id=staff.public_id, reason="hate", details="", now=now
    )
    own = people.describe(staff.public_id)
    with pytest.raises(decisions.MayNot, match="colleague"):
        rule(staff, own, now)
    with pytest.raises(decisions.MayNot, match="colleague"):
        decisions.dismiss(staff=staff, subject=own, answer="", now=now)
    assert Report.objects.open().count() == 1


def test_only_an_administrator_suspends_staff(clerk, staff, boss, now):
    with pytest.raises(decisions.MayNot):
        rule(staff, people.describe(clerk.public_id), now)
    assert not Ruling.objects.exists()
    assert rule(boss, people.describe(clerk.public_id), now).made_by == boss


@pytest.mark.parametrize("kind", ["hide", "age_limit", "nonsense", ""])
def test_people_are_suspended_and_nothing_else(reported, staff, now, kind):
    with pytest.raises(decisions.Unclear):
        rule(staff, reported, now, kind=kind)
    assert not Ruling.objects.exists()
    assert Report.objects.open().count() == 2


@pytest.mark.parametrize(("reason", "explanation"), [("", "x"), ("because", "x"), ("hate", "x" * 1001)])
def test_unclear_rulings_change_nothing(reported, staff, now, reason, explanation):
    with pytest.raises(decisions.Unclear):
        rule(staff, reported, now, reason=reason, explanation=explanation)
    assert not Ruling.objects.exists()
    assert Report.objects.open().count() == 2


def test_the_same_ruling_is_made_once(reported, alice, staff, boss, now):
    rule(staff, reported, now)
    with pytest.raises(decisions.Settled):
        rule(boss, reported, now)
    assert Ruling.objects.count() == 1
    assert Notice.objects.filter(user=alice).count() == 1


def test_no_action_is_told_to_those_who_reported_and_to_nobody_else(
    reported, alice, bob, charlie, staff, now
):
    assert decisions.dismiss(staff=staff, subject=reported, answer="", now=now) == 2
    assert {row.state for row in Report.objects.all()} == {"dismissed"}
    assert all("stays within the rules" in row.answer for row in Report.objects.all())
    assert {notice.user for notice in Notice.objects.all()} == {bob, charlie}
    assert not queries.is_suspended(alice)
    with pytest.raises(decisions.Settled):
        decisions.dismiss(staff=staff, subject=reported, answer="", now=now)


def test_a_ruling_can_be_taken_back_and_made_again(reported, alice, staff, boss, now):
    made = rule(staff, reported, now)
    lifted = decisions.lift(staff=boss, ruling=made, explanation="", now=now)
    assert (lifted.lifted_by, lifted.lifted_at) == (boss, now)
    assert "You can use everything again." in lifted.lift_explanation
    assert not queries.is_suspended(alice)
    assert [n.kind for n in Notice.objects.filter(user=alice).order_by("pk")] == [
        "account_suspended",
        "account_suspended_lifted",
    ]
    with pytest.raises(decisions.Settled):
        decisions.lift(staff=boss, ruling=made, explanation="", now=now)
    rule(staff, reported, now)
    assert queries.is_suspended(alice)


@pytest.mark.parametrize("who", ["clerk", "alice"])
def test_lifting_needs_the_permission_and_a_colleague(request, reported, alice, staff, now, who):
    made = rule(staff, reported, now)
    with pytest.raises(decisions.MayNot):
        decisions.lift(staff=request.getfixturevalue(who), ruling=made, explanation="", now=now)
    assert queries.is_suspended(alice)
    assert Ruling.objects.get().lifted_at is None


def test_a_suspended_moderator_cannot_free_themselves(staff, boss, now):
    made = rule(boss, people.describe(staff.public_id), now)
    with pytest.raises(decisions.MayNot, match="colleague"):
        decisions.lift(staff=staff, ruling=made, explanation="", now=now)
    assert queries.is_suspended(staff)


# --- the record -------------------------------------------------------------------------------


def refused(sql, parameters=()):
    """The database itself refuses the statement, whoever sends it."""
    with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_the_database_keeps_rulings_as_they_were_said(reported, staff, now):
    made = rule(staff, reported, now)
    refused("DELETE FROM moderation_ruling")
    refused("UPDATE moderation_ruling SET explanation = 'never said'")
    refused("UPDATE moderation_ruling SET made_at = now()")
    refused("UPDATE moderation_ruling SET made_by_id = %s", [reported.author.pk])
    refused("UPDATE moderation_ruling SET author_id = %s", [staff.pk])
    decisions.lift(staff=staff, ruling=made, explanation="", now=now)
    refused("UPDATE moderation_ruling SET lifted_at = NULL, lifted_by_id = NULL")
    refused("UPDATE moderation_ruling SET lift_explanation = 'never said'")
    refused("UPDATE moderation_rulingevent SET explanation = 'never said'")
    refused("DELETE FROM moderation_rulingevent")
    made.refresh_from_db()
    assert (made.explanation, made.lifted_by) == ("Please be kind.", staff)


def test_the_database_keeps_reports_as_they_were_said(reported, alice, staff, now):
    refused("DELETE FROM moderation_report")
    refused("UPDATE moderation_report SET details = 'never said'")
    refused("UPDATE moderation_report SET reporter_id = %s", [alice.pk])
    decisions.dismiss(staff=staff, subject=reported, answer="", now=now)
    refused("UPDATE moderation_report SET state = 'open', closed_at = NULL, closed_by_id = NULL")
    refused("UPDATE moderation_report SET answer = 'never said'")
    refused("UPDATE moderation_reportevent SET state = 'open'")
    refused("DELETE FROM moderation_reportevent")
    assert {row.details for row in Report.objects.all()} == {""}


def test_a_reporter_can_leave_and_the_report_stays(reported, bob, now):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE moderation_report SET reporter_id = NULL WHERE reporter_id = %s", [bob.pk])
    assert Report.objects.filter(reporter=None).count() == 1


def test_the_history_tells_the_whole_story_in_order(reported, alice, staff, boss, now):
    made = rule(staff, reported, now)
    decisions.lift(staff=boss, ruling=made, explanation="We erred.", now=now)
    story = [(entry.what, entry.who) for entry in queries.history_of("user", alice.public_id)]
    assert sorted(story) == sorted([
        ("reported", "@bob"), ("reported", "@charlie"), ("upheld", "@morgan"), ("upheld", "@morgan"),
        ("ruled", "@morgan"), ("lifted", "@boss_bea"),
    ])  # fmt: skip


# --- what the author reads --------------------------------------------------------------------


def test_the_author_reads_reason_and_explanation(client, reported, alice, staff, now):
    rule(staff, reported, now)
    client.force_login(alice)
    page = client.get(reverse("moderation:mine"))
    assert "Your account is suspended." in page.text
    assert "Hate or harassment" in page.text
    assert "Please be kind." in page.text
    assert "morgan" not in page.text


def test_others_do_not_read_it(client, reported, alice, bob, staff, now):
    rule(staff, reported, now)
    client.force_login(bob)
    page = client.get(reverse("moderation:mine"))
    assert "Please be kind." not in page.text
    assert "Nothing was decided about you" in page.text
    client.logout()
    assert client.get(reverse("moderation:mine")).status_code == 302


def test_asking_whether_somebody_is_suspended_costs_one_query(alice, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not queries.is_suspended(alice)
