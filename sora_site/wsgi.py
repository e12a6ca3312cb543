"""For servers without websockets (health checks, management); the site itself runs on asgi.py."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sora_site.settings")
application = get_wsgi_application()
