"""A Django project in one file: a JSON view behind the middleware that `startproject` turns on.

It touches no database, so the figure is Django's own work. The answer holds nothing that depends
on the server, so every server must return the same bytes.
"""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import JsonResponse
from django.urls import path, reverse


def items(request):
    return JsonResponse(
        {
            "query": request.GET.get("q", ""),
            "items": [
                {"id": number, "name": f"item {number}", "url": reverse("item", args=[number])}
                for number in range(10)
            ],
        }
    )


def item(request, number):
    return JsonResponse({"id": number, "name": f"item {number}"})


class Urls:
    """A URLconf that needs no module name, because servers load this file under different ones."""

    urlpatterns = [
        path("items/", items, name="items"),
        path("items/<int:number>/", item, name="item"),
    ]


settings.configure(
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="a benchmark has no secrets",
    ROOT_URLCONF=Urls,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    USE_TZ=True,
)

application = get_wsgi_application()
