"""Access requests."""

from django.urls import path

from accounts.views.coming import coming

urlpatterns = [
    path("request-access/", coming, name="request_access"),
    path("requests/", coming, name="queue"),
]
