"""Signing in and out."""

from allauth.account.views import logout
from django.urls import path

from accounts.decorators import public
from accounts.views import sign_in

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/second-factor/", sign_in.second_factor, name="second_factor"),
    path("sign-in/first-factor/", sign_in.enrol, name="enrol"),
    path("sign-in/lost-factor/", sign_in.lost_factor, name="lost_factor"),
    path("sign-in/proof/", sign_in.proof, name="proof"),
    path("sign-out/", public(logout), name="account_logout"),
]
