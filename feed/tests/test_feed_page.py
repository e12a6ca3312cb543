"""Paging, cursors, the number of queries, and what the HTML says."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as some

from feed import decisions, queries
from feed.models import Post
from moderation.models import RulingKind


@pytest.fixture
def many(alice, bob, posted, now):
    """45 posts; the ninth to twelfth share one moment."""

    def at(number):
        return now - dt.timedelta(minutes=9 if 9 <= number <= 12 else number)

    return [posted(alice if n % 2 else bob, caption=f"Number {n}", at=at(n)) for n in range(45)]


def walk(viewer, now, limit):
    after, seen = None, []
    while True:
        page = queries.feed_page(viewer, after=after, limit=limit, now=now)
        seen += [clip.public_id for clip in page.clips]
        if not page.after:
            return seen
        after = queries.read_cursor(page.after)


@pytest.mark.parametrize("limit", [1, 4, 20, 44, 45, 50])
def test_pages_show_everything_once_newest_first(many, bob, now, limit):
    right = list(Post.objects.order_by("-published_at", "-pk").values_list("public_id", flat=True))
    for viewer in (AnonymousUser(), bob):
        assert walk(viewer, now, limit) == right


def test_new_posts_do_not_disturb_whoever_reads_on(many, alice, posted, now):
    first = queries.feed_page(AnonymousUser(), after=None, now=now)
    posted(alice, at=now + dt.timedelta(minutes=1))
    second = queries.feed_page(AnonymousUser(), after=queries.read_cursor(first.after), now=now)
    assert not {clip.pk for clip in first.clips} & {clip.pk for clip in second.clips}
    assert len(second.clips) == 20


@given(
    some.integers(0, 7 * 10**15).map(
        lambda ms: dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=ms)
    ),
    some.integers(1, 2**62),
)
def test_cursors_come_back_as_they_went(moment, pk):
    cursor = queries.Cursor(moment, pk)
    assert queries.read_cursor(queries.write_cursor(cursor)) == cursor


@given(some.integers(0, 31), some.characters(codec="utf-8"))
def test_a_touched_cursor_is_refused(place, letter):
    right = queries.write_cursor(queries.Cursor(dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 7))
    touched = right[:place] + letter + right[place + 1 :]
    if touched == right:
        return
    with pytest.raises(queries.BadCursor):
        queries.read_cursor(touched)


@pytest.mark.parametrize(
    "path", ["/", "/feed/more", "/explore", "/@alice", "/api/v1/feed", "/api/v1/users/alice/posts"]
)
@pytest.mark.parametrize("after", ["x", "A" * 32, "A" * 31 + "!", "' OR 1=1", "😀" * 32, "A" * 5000])
def test_forged_cursors_get_a_400(alice, enter, path, after):
    assert enter(None).get(path, {"after": after}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/feed/more"])
def test_the_feed_asks_few_questions_whatever_its_length(
    many, alice, posted, enter, django_assert_max_num_queries, path
):
    for viewer, most in ((None, 1), (alice, 4)):
        client = enter(viewer)
        client.get(path)
        with django_assert_max_num_queries(most) as few:
            assert client.get(path).content.count(b"<article") == 20
        for _ in range(3):
            posted(alice, references=[{"handle": "mochi", "name": "Mochi", "credit": "Mochi © Tanuki Works"}])
        with django_assert_max_num_queries(len(few)):
            client.get(path)


def test_the_feed_is_a_feed_to_screen_readers(many, enter):
    page = enter(None).get("/").content.decode()
    assert len(re.findall(r'role="feed"', page)) == 1
    assert 'aria-busy="false"' in page
    articles = re.findall(r"<article.*?</article>", page, re.DOTALL)
    assert [re.search(r'aria-posinset="(\d+)"', each)[1] for each in articles] == [
        str(n) for n in range(1, 21)
    ]
    for each in articles:
        assert 'aria-setsize="-1"' in each
        assert 'tabindex="0"' in each
        for label in re.search(r'aria-labelledby="([^"]+)"', each)[1].split():
            assert f'id="{label}"' in each
    assert articles[0].count('fetchpriority="high"') == 1
    assert 'loading="lazy"' not in articles[0].partition("<h2")[0]
    assert "<video" not in page, "a video is made when it is near"
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=", page), "a strict content policy"


def test_words_of_people_stay_words(alice, posted, enter):
    evil = """<img src=x onerror=alert(1)> "quotes" 'and' %s %(id)s {{ 7 }} &amp;"""
    posted(alice, caption=evil, references=[{"handle": "mochi", "name": "M", "credit": "<i>M</i> © T"}])
    page = enter(None).get("/").content.decode()
    assert html.escape(evil) in page
    assert "<img src=x" not in page
    assert "<i>M</i>" not in page
    assert "Alice &lt;3" in page
    assert "&lt;i&gt;M&lt;/i&gt; © T" in page


def test_the_feed_speaks_the_readers_language(alice, posted, enter):
    posted(alice)
    assert 'lang="zh-hans"' in enter(None).get("/", headers={"accept-language": "zh-hans"}).content.decode()
    assert 'lang="en"' in enter(None).get("/", headers={"accept-language": "en"}).content.decode()


def test_likes_are_shown_to_whoever_gave_them(alice, bob, charlie, posted, enter, now):
    post = posted(alice)
    decisions.like(user=bob, post=post.public_id, now=now)
    assert (
        'aria-pressed="true"'
        in re.search(r"<article.*</article>", enter(bob).get("/").content.decode(), re.DOTALL)[0]
    )
    for viewer in (charlie, None):
        article = re.search(r"<article.*</article>", enter(viewer).get("/").content.decode(), re.DOTALL)[0]
        assert 'aria-pressed="true"' not in article
        assert '<span class="count number">1</span>' in article


def test_an_empty_feed_offers_the_next_thing(db, enter):
    page = enter(None).get("/").content.decode()
    assert "Nothing to watch yet" in page
    assert 'href="/create"' in page
    assert "<article" not in page


def test_the_last_page_ends_with_a_card(alice, posted, enter):
    posted(alice)
    page = enter(None).get("/").content.decode()
    assert "That is everything so far" in page
    assert "data-more" not in page


def test_many_rulings_do_not_slow_the_feed_down(alice, posted, rule, now):
    """The plan looks rulings up post by post; it never reads the whole table."""
    from django.db import connection

    posts = [posted(alice) for _ in range(5)]
    for post in posts[:3]:
        rule(post, RulingKind.HIDE)
    with connection.cursor() as cursor:
        for known in (True, False):
            sql, params = queries.feed_statement(known=known, adult=True, further=False, limit=21)
            for way in (
                "seqscan",
                "hashjoin",
                "mergejoin",
                "sort",
            ):  # small tables invite them, large ones do not
                cursor.execute(f"SET LOCAL enable_{way} = off")
            cursor.execute("EXPLAIN " + sql, params)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "hashed SubPlan" not in plan
            assert "post_feed" in plan
            assert "Sort" not in plan


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("dog", {"A DOG runs", "dogs 狗"}),
        ("dog runs", {"A DOG runs"}),
        ("狗", {"dogs 狗"}),
        ("100%", {"100% cat"}),
        ("_", set()),
        ("zebra", set()),
    ],
)
def test_search_finds_captions(alice, posted, words, found, now):
    for caption in ("A DOG runs", "dogs 狗", "100% cat"):
        posted(alice, caption=caption)
    posted(alice, caption="dog 狗 private", visibility="private")
    page = queries.explore_page(words, most_liked=False, viewer=AnonymousUser(), after=None, now=now)
    assert {clip.caption for clip in page.clips} == found


def test_most_liked_first(alice, bob, posted, now):
    posts = [posted(alice, caption=str(n)) for n in range(3)]
    decisions.like(user=bob, post=posts[1].public_id, now=now)
    page = queries.explore_page("", most_liked=True, viewer=AnonymousUser(), after=None, now=now)
    assert [clip.caption for clip in page.clips] == ["1", "2", "0"]
