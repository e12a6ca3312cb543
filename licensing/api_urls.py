"""API routes."""

from django.urls import path

from licensing import api

urlpatterns = [path("characters", api.CharactersView.as_view(), name="api-characters")]
