"""What happened to accounts and rights: append-only."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Event(models.TextChoices):
    """What is recorded, named `source:subject:action`."""

    SIGN_IN = "account:sign-in:success", "Signed in"
    SIGN_IN_FAILED = "account:sign-in:failure", "Sign-in refused"
    SIGN_IN_PAUSED = "account:sign-in:paused", "Sign-in paused after too many tries"
    NEW_DEVICE = "account:sign-in:new-device", "Signed in on a new browser"
    SIGN_OUT = "account:sign-in:ended", "Signed out"
    SESSIONS_ENDED = "account:sessions:ended", "Sessions ended"
    UNLOCKED = "account:sign-in:unlocked", "Sign-in pause lifted"
    PASSWORD_CHANGED = "account:password:changed", "Password changed"
    RESET_REQUESTED = "account:password:reset-requested", "Link to a new password sent"
    RESET_ASSISTED = "account:password:reset-assisted", "Code for a new password given by telephone"
    RESET_FAILED = "account:password:reset-failure", "Code or link for a new password refused"
    PASSWORD_RESET = "account:password:reset", "New password set by link or code"
    FACTOR_ADDED = "account:factor:added", "Second factor added"
    FACTOR_REMOVED = "account:factor:removed", "Second factor removed"
    FACTOR_FAILED = "account:factor:failure", "Second factor refused"
    ENROLMENT_ASSISTED = "account:factor:enrolment-assisted", "Code for the first second factor given by telephone"
    FACTORS_RESET = "account:factor:reset", "All second factors taken away after loss"
    RECOVERY_CODES_MADE = "account:recovery-codes:made", "Recovery codes made"
    RECOVERY_CODE_USED = "account:recovery-codes:used", "Recovery code used"
    PROFILE_CHANGED = "account:profile:changed", "Name or telephone changed"
    EMAIL_CHANGED = "account:email:changed", "E-mail address changed"
    ACCOUNT_MADE = "account:identity:made", "Account made"
    ACCOUNT_RESTORED = "account:identity:restored", "Deleted account restored"
    ACCOUNT_DELETED = "account:identity:deleted", "Account deleted"
    ACCOUNT_SWITCHED_OFF = "account:identity:switched-off", "Account switched off"
    ACCOUNT_SWITCHED_ON = "account:identity:switched-on", "Account switched on"
    DORMANCY_WARNED = "account:dormancy:warned", "Warned: not signed in for long"
    DORMANCY_SPARED = "account:dormancy:spared", "Not signed in for long, and kept as nobody else looks after people"
    TERMS_ACCEPTED = "terms:document:accepted", "Terms accepted"
    TERMS_PUBLISHED = "terms:document:published", "Terms published"
    INVITED = "organisation:invitation:sent", "Invited"
    INVITATION_HELD = "organisation:invitation:held", "Invitation waits for the operator"
    INVITATION_CONSENTED = "organisation:invitation:consented", "Invitation allowed by the operator"
    INVITATION_REFUSED = "organisation:invitation:refused", "Invitation refused by the operator"
    INVITATION_WITHDRAWN = "organisation:invitation:withdrawn", "Invitation withdrawn"
    INVITATION_ACCEPTED = "organisation:invitation:accepted", "Invitation accepted"
    MEMBERSHIP_ADDED = "organisation:membership:added", "Membership added"
    MEMBERSHIP_ENDED = "organisation:membership:ended", "Membership ended"
    MEMBERSHIP_DISABLED = "organisation:membership:disabled", "Membership disabled"
    MEMBERSHIP_ENABLED = "organisation:membership:enabled", "Membership enabled"
    MEMBERSHIP_DATED = "organisation:membership:dated", "End date of a membership changed"
    MEMBERSHIP_CERTIFIED = "organisation:membership:certified", "Membership confirmed"
    ROLE_GRANTED = "organisation:role:granted", "Role granted"
    ROLE_REMOVED = "organisation:role:removed", "Role removed"
    CERTIFICATION_OPENED = "organisation:certification:opened", "Yearly confirmation of people asked for"
    CERTIFICATION_DONE = "organisation:certification:done", "Yearly confirmation of people done"
    CERTIFICATION_OVERDUE = "organisation:certification:overdue", "Yearly confirmation of people is overdue"
    ORGANISATION_CHANGED = "organisation:record:changed", "Organisation changed"
    REQUEST_MADE = "access:request:made", "Access request made"
    REQUEST_ASSIGNED = "access:request:assigned", "Access request taken up"
    REQUEST_QUESTION = "access:request:question", "Question asked about an access request"
    REQUEST_APPROVED = "access:request:approved", "Access request approved"
    REQUEST_REJECTED = "access:request:rejected", "Access request rejected"
    REQUEST_WITHDRAWN = "access:request:withdrawn", "Access request withdrawn"
    REQUEST_EXPIRED = "access:request:expired", "Access request expired"
    ATTACHMENT_READ = "access:attachment:read", "Attachment of an access request fetched"
    SUPPORT_OPENED = "support:session:opened", "Support session opened"
    SUPPORT_ENDED = "support:session:ended", "Support session ended"
    NOTICE_PUBLISHED = "service:notice:published", "Message to users published"
    NOTICE_WITHDRAWN = "service:notice:withdrawn", "Message to users withdrawn"
    EVENTS_READ = "service:events:read", "Security events read or taken away"
    ACCOUNTS_IMPORTED = "service:accounts:imported", "Accounts imported"


class SecurityEvent(models.Model):
    """One thing that happened, to whom, by whom, for which organisation, from where.

    It refers to people and organisations by id without a foreign key, since it outlives them. The database lets the
    application add rows and read them, and neither change nor delete them.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    event = models.CharField(max_length=50, choices=Event, db_collation="C")
    person_id = models.UUIDField(null=True, help_text="To whom it happened.")
    by_id = models.UUIDField(null=True, help_text="Who did it; none where the service did.")
    organisation_id = models.BigIntegerField(null=True, help_text="The organisation that it concerns.")
    detail = models.CharField(max_length=500, blank=True, help_text="What changed, in words; never a secret.")
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=64, blank=True, db_collation="C")

    class Meta:
        ordering: ClassVar[list[str]] = ["-at", "-id"]
        indexes = [
            models.Index(fields=["person_id", "-at"], name="event_of_a_person"),
            models.Index(fields=["by_id", "-at"], name="event_by_who_did_it"),
            models.Index(fields=["organisation_id", "-at"], name="event_of_an_organisation"),
            models.Index(fields=["-at"], name="event_by_time"),
            models.Index(fields=["event", "-at"], name="event_by_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.event} at {self.at}"
