"""API routes."""

from django.urls import path

from feed import api

urlpatterns = [
    path("feed", api.FeedView.as_view(), name="api-feed"),
    path("posts", api.PostsView.as_view(), name="api-posts"),
    path("posts/<uuid:public_id>", api.PostView.as_view(), name="api-post"),
    path("posts/<uuid:public_id>/like", api.LikeView.as_view(), name="api-like"),
    path("views", api.ViewsView.as_view(), name="api-views"),
    path("users/<str:handle>/posts", api.PersonPostsView.as_view(), name="api-user-posts"),
]
