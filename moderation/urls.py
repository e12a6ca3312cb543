"""Pages."""

from django.urls import path

from moderation import views

app_name = "moderation"
urlpatterns = [
    path("report/<slug:kind>/<uuid:public_id>", views.report, name="report"),
    path("report/<slug:kind>/<uuid:public_id>/thanks", views.thanks, name="thanks"),
    path("rulings", views.mine, name="mine"),
]
