"""Every address of the service."""

from allauth.account.views import login, logout
from django.urls import URLPattern, URLResolver, include, path

from accounts.decorators import public

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", public(login), name="account_login"),
    path("sign-out/", public(logout), name="account_logout"),
    path("exports/", include("des.exports.urls")),
    path("", include("des.screens.urls")),
]

handler400 = "des.screens.errors.bad_request"
handler403 = "des.screens.errors.permission_denied"
handler404 = "des.screens.errors.page_not_found"
handler500 = "des.screens.errors.server_error"
