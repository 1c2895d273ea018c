"""One's own account."""

from django.urls import path

from accounts.views import account, factors, invitation, password, terms

urlpatterns = [
    path("account/", account.account, name="account"),
    path("account/profile/", account.profile, name="profile"),
    path("account/password/", password.change_password, name="change_password"),
    path("account/sessions/", account.own_sessions, name="own_sessions"),
    path("account/sessions/end/", account.end_everywhere, name="own_sessions_end"),
    path("account/sessions/<int:sign_in_id>/end/", account.end_session, name="own_session_end"),
    path("account/events/", account.own_events, name="own_events"),
    path("account/act-for/", account.act_for, name="act_for"),
    path("account/factors/", factors.factors, name="factors"),
    path("account/factors/app/", factors.add_app, name="factor_add_app"),
    path("account/factors/passkey/", factors.add_passkey, name="factor_add_passkey"),
    path("account/factors/recovery-codes/", factors.recovery_codes, name="recovery_codes"),
    path("account/factors/<slug:kind>/<int:factor_id>/remove/", factors.remove, name="factor_remove"),
    path("reset/", password.reset, name="reset"),
    # Before the links, whose token could be any word.
    path("reset/code/", password.reset_code, name="reset_code"),
    path("reset/new/", password.reset_new, name="reset_new"),
    path("reset/<str:token>/", password.reset_link, name="reset_link"),
    path("invitations/", invitation.accept, name="invitation_accept"),
    path("invitations/<str:token>/", invitation.link, name="invitation"),
    path("terms/", terms.terms, name="terms"),
    path("terms/<slug:slug>/", terms.terms_document, name="terms_document"),
    path("privacy/", terms.privacy, name="privacy"),
]
