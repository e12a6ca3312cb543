"""The web process of ``bench feed``; ``python -m bench._feed_site POSTS`` fills its empty database instead."""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sora_site.settings")

import django
from django.conf import settings
from django.core.asgi import get_asgi_application

# Hashed names of static files need a collection step, and cost a page no more than a look-up in a dict.
settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
settings.ROOT_URLCONF = "bench._feed_pages"
django.setup()

if __name__ == "__main__":
    from bench._feed_pages import fill

    fill(int(sys.argv[1]))
else:
    application = get_asgi_application()
