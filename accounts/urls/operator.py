"""The operator's console."""

from django.urls import path

from accounts.views.coming import coming

urlpatterns = [
    path("operator/", coming, name="operator"),
]
