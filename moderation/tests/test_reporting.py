"""Who may report what, and what comes of it."""

import datetime as dt
import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from moderation import decisions, people, rules
from moderation.models import Report, Ruling
from users.models import Notice


def report(reporter, about, now, *, reason="hate", details="at second three"):
    return decisions.report(
        reporter=reporter,
        subject_kind="user",
        subject_id=about.public_id,
        reason=reason,
        details=details,
        now=now,
    )


def suspend(user, by, now):
    return Ruling.objects.create(
        subject_kind="user", subject_id=user.public_id, author=user, kind="suspend", reason="spam",
        explanation="Too many.", made_by=by, made_at=now,
    )  # fmt: skip


def test_a_report_keeps_who_what_and_when(alice, bob, now):
    received = report(bob, alice, now)
    assert received.new
    kept = Report.objects.get()
    assert (kept.reporter, kept.author, kept.reason, kept.details) == (bob, alice, "hate", "at second three")
    assert (kept.subject_kind, kept.subject_id, kept.state, kept.created_at) == (
        "user",
        alice.public_id,
        "open",
        now,
    )


def test_the_author_hears_nothing_of_a_report(alice, bob, now):
    report(bob, alice, now)
    assert not Notice.objects.filter(user=alice).exists()


def test_a_second_report_of_the_same_person_is_the_first(alice, bob, now):
    first = report(bob, alice, now)
    second = report(bob, alice, now + dt.timedelta(hours=3), reason="spam")
    assert (second.new, second.report) == (False, first.report)
    assert Report.objects.count() == 1


def test_two_people_make_two_reports(alice, bob, charlie, now):
    report(bob, alice, now)
    report(charlie, alice, now)
    assert Report.objects.open().about("user", alice.public_id).count() == 2


def test_after_an_answer_one_may_report_again(alice, bob, staff, now):
    report(bob, alice, now)
    decisions.dismiss(staff=staff, subject=people.describe(alice.public_id), answer="", now=now)
    assert report(bob, alice, now).new
    assert Report.objects.count() == 2


def test_guests_are_asked_to_log_in(alice, now):
    with pytest.raises(decisions.MayNot):
        report(AnonymousUser(), alice, now)
    assert not Report.objects.exists()


def test_the_suspended_cannot_report(alice, bob, staff, now):
    suspend(bob, staff, now)
    with pytest.raises(decisions.MayNot, match="suspended"):
        report(bob, alice, now)
    assert not Report.objects.exists()


def test_nobody_reports_themselves(alice, now):
    with pytest.raises(decisions.MayNot, match="yours"):
        report(alice, alice, now)
    assert not Report.objects.exists()


def test_what_cannot_be_seen_cannot_be_reported(alice, bob, now):
    alice.is_active = False
    alice.save()
    with pytest.raises(decisions.NotThere):
        report(bob, alice, now)
    with pytest.raises(decisions.NotThere):
        decisions.report(
            reporter=bob, subject_kind="user", subject_id=uuid.uuid4(), reason="hate", details="", now=now
        )
    with pytest.raises(decisions.NotThere):
        decisions.report(
            reporter=bob,
            subject_kind="nothing",
            subject_id=alice.public_id,
            reason="hate",
            details="",
            now=now,
        )
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("reason", "details", "field"),
    [("", "", "reason"), ("nonsense", "", "reason"), ("hate", "x" * 1001, "details")],
)
def test_unclear_reports_say_which_field(alice, bob, now, reason, details, field):
    with pytest.raises(decisions.Unclear) as refusal:
        report(bob, alice, now, reason=reason, details=details)
    assert refusal.value.field == field
    assert not Report.objects.exists()


def test_a_person_sends_only_so_many_reports_an_hour(alice, bob, now):
    earlier = now - dt.timedelta(minutes=59)
    Report.objects.bulk_create(
        Report(subject_kind="user", subject_id=uuid.uuid4(), reporter=bob, reason="spam", created_at=earlier)
        for _ in range(rules.REPORTS_PER_HOUR)
    )
    with pytest.raises(decisions.TooMany):
        report(bob, alice, now)
    assert Report.objects.count() == rules.REPORTS_PER_HOUR
    assert report(bob, alice, now + dt.timedelta(minutes=2)).new


def test_control_and_turning_characters_are_left_out_and_emoji_stay(alice, bob, now):
    kept = report(bob, alice, now, details="  a\x00b\u202ec\r\nd 👩‍🚀 ").report
    assert kept.details == "abc\nd 👩‍🚀"


# --- the page ---------------------------------------------------------------------------------


def path_for(user, name="report"):
    return reverse(f"moderation:{name}", args=["user", user.public_id])


def test_the_page_asks_guests_to_log_in_and_comes_back(client, alice):
    response = client.get(path_for(alice))
    assert response.status_code == 302
    assert response["Location"].endswith(f"?next={path_for(alice)}")


def test_the_page_works_without_script(client, alice, bob):
    client.force_login(bob)
    page = client.get(path_for(alice))
    assert page.status_code == 200
    assert "@alice" in page.text
    assert "<script>" not in page.text
    response = client.post(path_for(alice), {"reason": "likeness", "details": "that is me"}, follow=True)
    assert response.redirect_chain == [(path_for(alice, "thanks"), 302)]
    assert "Your report is in." in response.text
    assert Report.objects.get().reason == "likeness"


def test_sending_twice_ends_on_the_same_page_with_one_report(client, alice, bob):
    client.force_login(bob)
    for _ in range(2):
        assert client.post(path_for(alice), {"reason": "spam"}).status_code == 302
    assert Report.objects.count() == 1


def test_the_page_says_what_is_missing(client, alice, bob):
    client.force_login(bob)
    response = client.post(path_for(alice), {"details": "hm"})
    assert response.status_code == 400
    assert "Choose what is wrong with it." in response.text
    assert "hm</textarea>" in response.text
    assert not Report.objects.exists()


def test_nul_is_refused_in_words(client, alice, bob):
    client.force_login(bob)
    response = client.post(path_for(alice), {"reason": "spam", "details": "a\x00b"})
    assert response.status_code == 400
    assert not Report.objects.exists()


def test_the_page_of_the_suspended_says_so(client, alice, bob, staff, now):
    suspend(bob, staff, now)
    client.force_login(bob)
    response = client.post(path_for(alice), {"reason": "spam"})
    assert response.status_code == 403
    assert "suspended" in response.text
    assert not Report.objects.exists()


def test_ones_own_page_is_not_reported(client, alice):
    client.force_login(alice)
    assert "This is you." in client.get(path_for(alice)).text
    assert client.post(path_for(alice), {"reason": "spam"}).status_code == 403
    assert not Report.objects.exists()


def test_unknown_things_are_not_there(client, bob):
    client.force_login(bob)
    for kind in ("user", "post", "cloud"):
        unknown = reverse("moderation:report", args=[kind, uuid.uuid4()])
        assert client.get(unknown).status_code == 404
        assert client.post(unknown, {"reason": "spam"}).status_code == 404


def test_thanks_are_for_those_who_reported(client, alice, bob, charlie, now):
    report(bob, alice, now)
    client.force_login(charlie)
    assert client.get(path_for(alice, "thanks")).status_code == 404
    client.force_login(bob)
    assert client.get(path_for(alice, "thanks")).status_code == 200


def test_reporting_needs_the_csrf_token(alice, bob):
    from django.test import Client

    careful = Client(enforce_csrf_checks=True)
    careful.force_login(bob)
    assert careful.post(path_for(alice), {"reason": "spam"}).status_code == 403
    assert not Report.objects.exists()
