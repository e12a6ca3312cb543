"""Pages."""

from django.urls import path, re_path

from feed import views

app_name = "feed"
urlpatterns = [
    path("", views.home, name="home"),
    path("feed/more", views.more, name="more"),
    path("explore", views.explore, name="explore"),
    path("oembed", views.oembed, name="oembed"),
    path("v/<uuid:public_id>", views.post, name="post"),
    path("v/<uuid:public_id>/edit", views.edit, name="edit"),
    path("v/<uuid:public_id>/like", views.like, name="like"),
    path("v/<uuid:public_id>/withdraw", views.withdraw, name="withdraw"),
    path("publish/<uuid:public_id>", views.publish, name="publish"),
    re_path(r"^@(?P<handle>[A-Za-z][A-Za-z0-9_]{2,23})$", views.profile, name="profile"),
    re_path(
        r"^media/p/(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?P<part>clip\.mp4|poster\.jpg|captions\.vtt)$",
        views.post_media,
        name="media",
    ),
]
