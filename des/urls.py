"""Every address of the service."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("exports/", include("des.exports.urls")),
    path("", include("accounts.urls")),
    path("", include("des.screens.urls")),
]

handler400 = "des.screens.errors.bad_request"
handler403 = "des.screens.errors.permission_denied"
handler404 = "des.screens.errors.page_not_found"
handler500 = "des.screens.errors.server_error"
