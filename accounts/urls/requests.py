"""Access requests."""

from django.urls import path

from accounts.views import decide, queue, requests

urlpatterns = [
    path("request-access/", requests.request_access, name="request_access"),
    path("request-access/sent/", requests.request_sent, name="request_sent"),
    path("request-access/confirm/", requests.request_confirmation, name="request_confirmation"),
    path("request-access/confirm/<str:token>/", requests.request_confirm, name="request_confirm"),
    path("request-access/follow/", requests.request_followed, name="request_followed"),
    path("request-access/follow/files/", requests.request_upload, name="request_upload"),
    path("request-access/follow/<str:token>/", requests.request_follow, name="request_follow"),
    path("people/requests/", queue.people_requests, name="people_requests"),
    path("requests/", queue.queue, name="queue"),
    path("requests/file/", decide.queue_file, name="queue_file"),
    path("requests/<uuid:request_id>/", queue.queue_request, name="queue_request"),
    path("requests/<uuid:request_id>/decide/", decide.request_decide, name="request_decide"),
    path("requests/<uuid:request_id>/files/<uuid:attachment_id>/", queue.request_attachment, name="request_attachment"),
]
