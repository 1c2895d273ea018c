"""An LSO's people."""

from django.urls import path

from accounts.views.coming import coming

urlpatterns = [
    path("people/", coming, name="people"),
]
