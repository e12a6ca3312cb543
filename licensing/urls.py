"""Pages."""

from django.urls import path

from licensing import views

app_name = "licensing"
urlpatterns = [
    path("catalogue", views.catalogue, name="catalogue"),
    path("catalogue/mentions", views.mentions, name="mentions"),
    path("catalogue/<uuid:public_id>.webp", views.picture, name="picture"),
]
