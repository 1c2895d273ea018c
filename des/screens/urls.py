"""The addresses of the pages."""

from django.urls import path

from des.screens import health, views

urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("enquiries/<slug:slug>/", views.enquire, name="enquire"),
    path("meter-points/<slug:mprn>/", views.record, name="record"),
    path("what-you-can-see/", views.what_you_can_see, name="what_you_can_see"),
    path("help/", views.help_page, name="help"),
    path("health/live", health.live, name="health_live"),
    path("health/ready", health.ready, name="health_ready"),
]
