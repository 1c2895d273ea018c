"""One's own account."""

from django.urls import path

from accounts.views.coming import coming

urlpatterns = [
    path("account/", coming, name="account"),
    path("account/factors/", coming, name="factors"),
    path("account/act-for/", coming, name="act_for"),
    path("reset/", coming, name="reset"),
    path("reset/code/", coming, name="reset_code"),
    path("reset/<str:token>/", coming, name="reset_link"),
    path("invitations/<str:token>/", coming, name="invitation"),
    path("terms/", coming, name="terms"),
    path("terms/<slug:slug>/", coming, name="terms_document"),
    path("privacy/", coming, name="privacy"),
]
