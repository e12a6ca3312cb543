"""API routes."""

from django.urls import path

from users import api

urlpatterns = [
    path("me", api.MeView.as_view(), name="api-me"),
    path("auth/token", api.TokenView.as_view(), name="api-token"),
    path("invites", api.InvitesView.as_view(), name="api-invites"),
    path("invites/<str:code>/revoke", api.RevokeInviteView.as_view(), name="api-revoke-invite"),
]
