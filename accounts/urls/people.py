"""An LSO's people."""

from django.urls import path

from accounts.views import people, people_account, people_certify, people_events, people_factor, people_invite

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<int:membership_id>/", people.person, name="person"),
    path("people/<int:membership_id>/roles/", people_account.person_roles, name="person_roles"),
    path("people/<int:membership_id>/email/", people_account.person_email, name="person_email"),
    path("people/<int:membership_id>/code/", people_account.person_code, name="person_code"),
    path("people/<int:membership_id>/dates/", people.person_dates, name="person_dates"),
    path("people/<int:membership_id>/end/", people.person_end, name="person_end"),
    path("people/<int:membership_id>/disable/", people.person_disable, name="person_disable"),
    path("people/<int:membership_id>/enable/", people.person_enable, name="person_enable"),
    path("people/<int:membership_id>/unlock/", people.person_unlock, name="person_unlock"),
    path("people/<int:membership_id>/sessions/", people.person_sessions, name="person_sessions"),
    path("people/invite/", people_invite.people_invite, name="people_invite"),
    path("people/invite/many/", people_invite.people_invite_many, name="people_invite_many"),
    path("people/invitations/", people_invite.people_invitations, name="people_invitations"),
    path("people/invitations/<int:invitation_id>/again/", people_invite.invitation_again, name="invitation_again"),
    path(
        "people/invitations/<int:invitation_id>/withdraw/",
        people_invite.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("people/second-factor/", people_factor.people_factor, name="people_factor"),
    path("people/events/", people_events.people_events, name="people_events"),
    path("people/events/file/", people_events.people_events_file, name="people_events_file"),
    path("people/certify/", people_certify.people_certify, name="people_certify"),
    path("people/certify/start/", people_certify.people_certify_start, name="people_certify_start"),
    path("people/support/", people_events.people_support, name="people_support"),
]
