"""Pages."""

from django.urls import path

from users import views

app_name = "users"
urlpatterns = [
    path("join", views.door, name="door"),
    path("join/handle", views.handle_check, name="handle"),
    path("join/<str:code>", views.join, name="join"),
    path("waitlist", views.waitlist, name="waitlist"),
    path("invites", views.invites, name="invites"),
    path("invites/<str:code>/revoke", views.revoke_invite, name="revoke-invite"),
    path("inbox", views.inbox, name="inbox"),
    path("settings", views.profile, name="settings"),
    path("settings/picture", views.avatar_change, name="settings-picture"),
    path("settings/account", views.account, name="settings-account"),
    path("settings/tokens", views.tokens, name="settings-tokens"),
    path("settings/tokens/<str:digest>/revoke", views.revoke_token, name="revoke-token"),
    path("settings/data", views.data, name="settings-data"),
    path("settings/data/download", views.data_download, name="data-download"),
    path("settings/close", views.close, name="close"),
    path("goodbye", views.closed, name="closed"),
    path("avatars/<uuid:name>.webp", views.avatar, name="avatar"),
    path("avatars/drawn/<uuid:public_id>.svg", views.drawn_avatar, name="drawn-avatar"),
]
