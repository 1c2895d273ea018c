"""Every address of the accounts."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls.sign_in")),
    path("", include("accounts.urls.account")),
    path("", include("accounts.urls.people")),
    path("", include("accounts.urls.requests")),
    path("", include("accounts.urls.operator")),
]
