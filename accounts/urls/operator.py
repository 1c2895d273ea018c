"""The operator's console."""

from django.urls import path

from accounts.views import (
    operator,
    operator_events,
    operator_evidence,
    operator_invitations,
    operator_organisations,
    operator_people,
    operator_publish,
    operator_roles,
)

urlpatterns = [
    path("operator/", operator.operator, name="operator"),
    path("operator/support/", operator.support, name="operator_support"),
    path("operator/support/end/", operator.support_end, name="operator_support_end"),
    path("operator/people/", operator_people.people, name="operator_people"),
    path("operator/people/<uuid:person>/", operator_people.person, name="operator_person"),
    path("operator/people/<uuid:person>/unlock/", operator_people.unlock, name="operator_unlock"),
    path("operator/people/<uuid:person>/sessions/", operator_people.end_sessions, name="operator_end_sessions"),
    path("operator/people/<uuid:person>/switch/", operator_people.switch, name="operator_switch"),
    path("operator/people/<uuid:person>/email/", operator_people.email, name="operator_email"),
    path("operator/people/<uuid:person>/delete/", operator_people.delete, name="operator_delete"),
    path("operator/people/<uuid:person>/factor-code/", operator_people.factor_code, name="operator_factor_code"),
    path("operator/people/<uuid:person>/lost-factor/", operator_people.lost_factor, name="operator_lost_factor"),
    path("operator/invitations/", operator_invitations.invitations, name="operator_invitations"),
    path("operator/invitations/<int:invitation>/", operator_invitations.invitation, name="operator_invitation"),
    path("operator/organisations/", operator_organisations.organisations, name="operator_organisations"),
    path("operator/organisations/new/", operator_organisations.organisation_new, name="operator_organisation_new"),
    path(
        "operator/organisations/<int:organisation>/",
        operator_organisations.organisation,
        name="operator_organisation",
    ),
    path(
        "operator/organisations/<int:organisation>/change/",
        operator_organisations.organisation_change,
        name="operator_organisation_change",
    ),
    path(
        "operator/organisations/<int:organisation>/domains/",
        operator_organisations.domain_add,
        name="operator_domain_add",
    ),
    path(
        "operator/organisations/<int:organisation>/domains/<int:domain>/",
        operator_organisations.domain_remove,
        name="operator_domain_remove",
    ),
    path("operator/organisations/<int:organisation>/roles/", operator_roles.role_add, name="operator_role_add"),
    path(
        "operator/organisations/<int:organisation>/roles/<int:role>/",
        operator_roles.role_end,
        name="operator_role_end",
    ),
    path("operator/groups/", operator_organisations.groups, name="operator_groups"),
    path("operator/notices/", operator_publish.notice_list, name="operator_notices"),
    path("operator/notices/new/", operator_publish.notice_new, name="operator_notice_new"),
    path("operator/notices/<int:notice>/withdraw/", operator_publish.notice_withdraw, name="operator_notice_withdraw"),
    path("operator/terms/", operator_publish.terms, name="operator_terms"),
    path("operator/terms/<slug:slug>/", operator_publish.terms_version, name="operator_terms_version"),
    path(
        "operator/terms/<slug:slug>/<int:version>/",
        operator_publish.acceptances,
        name="operator_terms_acceptances",
    ),
    path("operator/new-terms/", operator_publish.terms_new, name="operator_terms_new"),
    path("operator/events/", operator_events.events, name="operator_events"),
    path("operator/events/file/", operator_events.events_file, name="operator_events_file"),
    path("operator/evidence/", operator_evidence.evidence_pack, name="operator_evidence"),
]
