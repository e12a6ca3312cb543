"""Where everything is."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from sora_site import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("feed.urls")),
    path("", include("generation.urls")),
    path("", include("licensing.urls")),
    path("", include("moderation.urls")),
    path("", include("users.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("sora_site.api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/",
        # It has no page that answers OPTIONS with.
        SpectacularSwaggerView.as_view(url_name="schema", http_method_names=["get", "head"]),
        name="api-docs",
    ),
    path("i18n/", include("django.conf.urls.i18n")),
    path("healthz", views.healthz, name="healthz"),
]
handler404 = "sora_site.views.not_found"
handler403 = "sora_site.views.forbidden"
handler500 = "sora_site.views.broken"
