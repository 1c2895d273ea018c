"""The addresses of exports."""

from django.urls import path

from des.exports import views

urlpatterns = [
    path("", views.exports, name="exports"),
    path("<uuid:export_id>/", views.export, name="export"),
    path("<uuid:export_id>/progress/", views.progress, name="export_progress"),
    path("<uuid:export_id>/download/", views.download, name="export_download"),
]
