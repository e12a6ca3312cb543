"""Pages, media, and the websocket of a live page."""

from django.urls import path, re_path

from generation import consumers, views

_UUID = r"(?P<public_id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"

app_name = "generation"
urlpatterns = [
    path("create", views.create, name="create"),
    path("create/check", views.check, name="check"),
    path("drafts", views.drafts, name="drafts"),
    path("drafts/<uuid:public_id>", views.detail, name="detail"),
    path("drafts/<uuid:public_id>/live.json", views.live, name="live"),
    path("drafts/<uuid:public_id>/cancel", views.cancel, name="cancel"),
    path("drafts/<uuid:public_id>/retry", views.retry, name="retry"),
    path("drafts/<uuid:public_id>/delete", views.delete, name="delete"),
    re_path(rf"^media/g/{_UUID}/(?P<part>clip\.mp4|poster\.jpg|captions\.vtt)$", views.media, name="media"),
    re_path(
        rf"^media/g/{_UUID}/live/(?P<take>[0-9]{{1,5}})/(?P<number>[0-9]{{1,5}})$",
        views.fragment,
        name="fragment",
    ),
]

websocket_urlpatterns = [
    path("ws/generations/<uuid:public_id>/", consumers.GenerationConsumer.as_asgi()),
]
