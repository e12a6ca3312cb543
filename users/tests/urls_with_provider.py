"""The site's addresses, and those of the provider that allauth ships for tests."""

from django.urls import include, path

from sora_site.urls import urlpatterns as site

urlpatterns = [path("accounts/", include("allauth.socialaccount.providers.dummy.urls")), *site]
