"""API routes."""

from django.urls import path

from generation import api

urlpatterns = [
    path("generations", api.Generations.as_view(), name="api-generations"),
    path("generations/<uuid:public_id>", api.OneGeneration.as_view(), name="api-generation"),
    path("generations/<uuid:public_id>/cancel", api.Cancel.as_view(), name="api-generation-cancel"),
    path("generations/<uuid:public_id>/retry", api.Retry.as_view(), name="api-generation-retry"),
]
