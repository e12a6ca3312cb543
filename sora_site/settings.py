"""Every setting of the site, in one place. README lists the variables for operators."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from sora_site import env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("DATA_DIR", str(BASE_DIR / ".data")))
NODE_MODULES = Path(env.text("NODE_MODULES", str(BASE_DIR / "node_modules")))

# --- who we are -------------------------------------------------------------------------------

DEBUG = env.flag("DEBUG")
SITE_NAME = env.text("SITE_NAME", "Sora Site")
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set; script/server makes one for you")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", ("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("HTTPS", default=SITE_URL.startswith("https://"))
BEHIND_PROXY = env.flag("BEHIND_PROXY")
"""Believe X-Forwarded-Proto and the *last* hop of X-Forwarded-For."""

# --- services ---------------------------------------------------------------------------------

DATABASES = {
    "default": env.database("DATABASE_URL")
    | {
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": env.text("TEST_DATABASE_NAME") or None},
    }
}
DATABASE_POOL = env.number("DATABASE_POOL", 0, least=0)
"""Connections kept per web process (0: one per request)."""
if DATABASE_POOL:
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"]["OPTIONS"],  # type: ignore[dict-item]
        "pool": {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 5},
    }
REDIS_URL = env.text("REDIS_URL", "redis://127.0.0.1:6379/0")
RABBITMQ_URL = env.text("RABBITMQ_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.text("CACHE_PREFIX", "cache"),
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": env.text("CACHE_PREFIX", "live")},
    }
}
DRAMATIQ_BROKER = {
    "BROKER": "dramatiq.brokers.rabbitmq.RabbitmqBroker"
    if RABBITMQ_URL
    else "dramatiq.brokers.redis.RedisBroker",
    "OPTIONS": {"url": RABBITMQ_URL}
    if RABBITMQ_URL
    else {
        "url": REDIS_URL,
        "namespace": env.text("QUEUE_NAMESPACE", "dramatiq"),
        "heartbeat_timeout": 15_000,
    },
    "MIDDLEWARE": [
        "dramatiq.middleware.AgeLimit",
        "dramatiq.middleware.TimeLimit",
        "dramatiq.middleware.ShutdownNotifications",
        "dramatiq.middleware.Callbacks",
        "dramatiq.middleware.Retries",
        "django_dramatiq.middleware.DbConnectionsMiddleware",
    ],
}
DRAMATIQ_AUTODISCOVER_MODULES = ["actors"]

_media, MEDIA_FOLDER = env.storage("STORAGE_URL", DATA_DIR / "media")
STORAGES = {
    "default": _media,
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
MEDIA_URL = "/media/"
MEDIA_ACCEL_PREFIX = env.text("MEDIA_ACCEL_PREFIX")
"""Internal location for X-Accel-Redirect (nginx); empty: this process sends the bytes."""
MEDIA_LINK_SECONDS = env.number("MEDIA_LINK_SECONDS", 3600, least=60)
"""How long a signed link to a clip that is not public works."""

# --- the house --------------------------------------------------------------------------------

LOCAL_APPS = ["users", "licensing", "moderation", "generation", "feed"]
INSTALLED_APPS = [
    "sora_site.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "django_dramatiq",
    "channels",
    "csp",
    "pgtrigger",
    "pghistory",
    "sora_site",
    *LOCAL_APPS,
    *env.words("EXTRA_APPS"),
]
MIDDLEWARE = [
    "sora_site.middleware.plain_outage",
    "django.middleware.security.SecurityMiddleware",
    "sora_site.middleware.refuse_nul",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "users.middleware.language_of_user",
]
ROOT_URLCONF = "sora_site.urls"
ASGI_APPLICATION = "sora_site.asgi.application"
WSGI_APPLICATION = "sora_site.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sora_site.context.site",
            ],
            "builtins": [
                "sora_site.templatetags.ui",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
FILE_UPLOAD_MAX_MEMORY_SIZE = 1_048_576

# --- people -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "feed:home"
LOGOUT_REDIRECT_URL = "feed:home"
ACCOUNT_ADAPTER = "users.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "users.adapters.SocialAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "signup": "users.forms.SignupForm",
    "login": "users.forms.PlainLoginForm",
    "reauthenticate": "users.forms.PlainReauthenticateForm",
    "add_email": "users.forms.PlainAddEmailForm",
    "change_password": "users.forms.PlainChangePasswordForm",
    "set_password": "users.forms.PlainSetPasswordForm",
    "reset_password": "users.forms.PlainResetPasswordForm",
    "reset_password_from_key": "users.forms.PlainResetPasswordKeyForm",
}
MFA_FORMS = {
    "authenticate": "users.forms.PlainCodeForm",
    "reauthenticate": "users.forms.PlainCodeReauthenticateForm",
    "activate_totp": "users.forms.PlainActivateTOTPForm",
}
ACCOUNT_EMAIL_VERIFICATION = env.choice(
    "EMAIL_VERIFICATION", "optional", frozenset({"none", "optional", "mandatory"})
)
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_ISSUER = SITE_NAME
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_FORMS = {"signup": "users.forms.SocialSignupForm"}
SOCIALACCOUNT_PROVIDERS = env.mapping("SOCIAL_PROVIDERS")
"""As allauth documents them, in JSON; each provider's app goes into EXTRA_APPS, its origin into LOGIN_ORIGINS."""

SIGNUP_MODE = env.choice("SIGNUP_MODE", "invite", frozenset({"invite", "waitlist", "open"}))
INVITES_PER_USER = env.number("INVITES_PER_USER", 4, least=0)
INVITE_DAYS = env.number("INVITE_DAYS", 30, least=1)
MINIMUM_AGE = env.number("MINIMUM_AGE", 13, least=0)

# --- making clips -----------------------------------------------------------------------------

DEFAULT_ENGINE = env.text("DEFAULT_ENGINE", "animatic")
PROMPT_MAX_LENGTH = 2_000
MAX_ACTIVE_GENERATIONS = env.number("MAX_ACTIVE_GENERATIONS", 4, least=1)
"""Queued or running clips per person."""
MAX_DAILY_GENERATIONS = env.number("MAX_DAILY_GENERATIONS", 60, least=1)
GENERATION_LEASE_SECONDS = env.number("GENERATION_LEASE_SECONDS", 20, least=3)
"""A running job whose worker is silent for so long is taken up by another."""
GENERATION_TIME_LIMIT_SECONDS = env.number("GENERATION_TIME_LIMIT_SECONDS", 900, least=30)
FRAGMENT_KEEP_MINUTES = env.number("FRAGMENT_KEEP_MINUTES", 30, least=1)
"""How long the live fragments of a finished clip stay."""

# --- API --------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.AnonRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "user": env.text("API_RATE_USER", "600/min"),
        "anon": env.text("API_RATE_ANON", "120/min"),
        "submit": env.text("API_RATE_SUBMIT", "30/min"),
    },
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "EXCEPTION_HANDLER": "sora_site.api.explain",
}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 - the name of a table
REST_KNOX = {
    "TOKEN_TTL": None,
    "TOKEN_LIMIT_PER_USER": 20,
    "AUTH_HEADER_PREFIX": "Bearer",
    "MINIMUM_TOKEN_LENGTH": 40,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Sora Site API",
    "DESCRIPTION": "Everything that the pages do: make clips, publish them, watch, like, report.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}

# --- language, time, files --------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("fonts/noto-sans-sc", NODE_MODULES / "@fontsource-variable" / "noto-sans-sc"),
]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# --- safety -----------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *env.words("MEDIA_ORIGINS")],
        "media-src": [SELF, "blob:", *env.words("MEDIA_ORIGINS")],
        "font-src": [SELF],
        "connect-src": [SELF, *env.words("MEDIA_ORIGINS")],
        "manifest-src": [SELF],
        "form-action": [SELF, *env.words("LOGIN_ORIGINS")],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- mail, logs -------------------------------------------------------------------------------

EMAIL_BACKEND = env.text("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS")
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "hello@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {"django": {"handlers": [], "level": "INFO", "propagate": True}},
}
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mail is unique whatever its case: a constraint on Lower("email")
]
