"""The site's addresses, and those of the provider that allauth ships for tests."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.socialaccount.providers.dummy.urls")),
    path("", include("sora_site.urls")),
]
