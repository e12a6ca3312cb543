"""API routes."""

from django.urls import path

from moderation import api

urlpatterns = [
    path("reports", api.ReportsView.as_view(), name="api-reports"),
    path("rulings", api.RulingsView.as_view(), name="api-rulings"),
]
