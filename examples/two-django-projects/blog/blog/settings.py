"""Settings of the blog. None says where it is mounted: SCRIPT_NAME does, request by request."""

import os
import shutil
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "an example's key, known to everybody")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "blog.urls"
WSGI_APPLICATION = "blog.wsgi.application"

INSTALLED_APPS = ["django.contrib.staticfiles", "posts"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]


def writable(database):
    """The database; in a pod, whose image cannot be written, a copy in /tmp that ends with the pod.

    A real site has its database elsewhere, and no such function.
    """
    if os.access(database.parent, os.W_OK):
        return database
    copy = Path("/tmp/blog.sqlite3")
    own = copy.with_suffix(f".{os.getpid()}")
    shutil.copyfile(database, own)
    try:
        os.link(own, copy)  # the first process makes it, all at once; the others use it
    except FileExistsError:
        pass
    own.unlink()
    return copy


DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": writable(BASE_DIR / "db.sqlite3"),
        # Several processes write: wait for a lock instead of failing, and readers never wait.
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"  # relative: Django puts SCRIPT_NAME before it
STATIC_ROOT = BASE_DIR / "static-collected"
USE_TZ = True
