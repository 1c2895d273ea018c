"""The one queue of access requests: who asks for what, who decides, and what was said."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models.invitation import Invitation
from accounts.models.organisation import Organisation
from accounts.models.user import User
from accounts.permissions import LSO_ROLES, MarketRole, PortalRole


class RequestKind(models.TextChoices):
    PERSON = "person", "A new person at a known organisation"
    ORGANISATION = "organisation", "A new organisation"
    LSO = "lso", "The role of Local Security Officer"
    LOST_FACTOR = "lost-factor", "A lost second factor"
    MAILED = "mailed", "A request that came by mail"


class RequestState(models.TextChoices):
    UNCONFIRMED = "unconfirmed", "Waiting for the e-mail address to be confirmed"
    OPEN = "open", "Waiting for a decision"
    QUESTION = "question", "Waiting for the applicant’s answer"
    APPROVED = "approved", "Approved"
    REJECTED = "rejected", "Rejected"
    WITHDRAWN = "withdrawn", "Withdrawn"
    EXPIRED = "expired", "Expired"


OVER = (RequestState.APPROVED, RequestState.REJECTED, RequestState.WITHDRAWN, RequestState.EXPIRED)


class RejectionReason(models.TextChoices):
    """Why a request is rejected. The codes are ours."""

    NOT_EMPLOYED = "R01", "The organisation does not know this person"
    NO_PURPOSE = "R02", "The purpose does not need this access"
    NOT_A_PARTY = "R03", "The organisation may not have this data"
    DUPLICATE = "R04", "The same request is being handled, or the person has access already"
    NO_AGREEMENT = "R05", "The agreement or the security statement is missing or not acceptable"
    NO_ANSWER = "R06", "A question was not answered"
    NOT_VERIFIED = "R07", "We could not verify who is asking"
    OTHER = "R99", "Another reason, given in words"


class AccessRequest(models.Model):
    """One request, from the form to the decision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=RequestKind)
    state = models.CharField(max_length=20, choices=RequestState)
    # The applicant.
    email = models.EmailField(max_length=254, db_collation="C")
    name = models.CharField(max_length=150)
    telephone = models.CharField(max_length=30, blank=True)
    # Known where they have an account already: for the LSO role and a lost factor.
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="requests"
    )
    organisation_name = models.CharField(max_length=150, blank=True, help_text="As the applicant wrote it.")
    company_number = models.CharField(max_length=8, blank=True, db_collation="C")
    market_role = models.CharField(max_length=10, choices=MarketRole, blank=True)
    short_code = models.CharField(
        max_length=4, blank=True, db_collation="C", help_text="Of a new organisation, as a handler chose it."
    )
    portal_roles = ArrayField(models.CharField(max_length=20, choices=PortalRole), default=list, blank=True)
    purpose = models.TextField(blank=True)
    data_wanted = models.TextField(blank=True)
    area = models.CharField(max_length=200, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    # What happens to it.
    made_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirm_digest = models.BinaryField(null=True, blank=True)
    follow_digest = models.BinaryField(null=True, blank=True, help_text="Of the applicant's private link.")
    target_at = models.DateTimeField(null=True, blank=True, help_text="By when a decision is due.")
    expires_at = models.DateTimeField(help_text="When it ends by itself.")
    expiry_warned_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    filed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="Who wrote it down."
    )
    rejection = models.CharField(max_length=3, choices=RejectionReason, blank=True)
    reason = models.CharField(max_length=500, blank=True, help_text="Of the decision, in words.")
    decided_at = models.DateTimeField(null=True, blank=True)
    invitation = models.ForeignKey(
        Invitation, on_delete=models.SET_NULL, null=True, blank=True, related_name="requests"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["made_at"]
        indexes = [
            models.Index(fields=["target_at"], condition=Q(state__in=["open", "question"]), name="request_to_decide"),
            models.Index(fields=["email"], name="request_of_an_address"),
            models.Index(fields=["confirm_digest"], name="request_to_confirm"),
            models.Index(fields=["follow_digest"], name="request_to_follow"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(rejection=""),
                name="request_rejected_has_a_reason",
                violation_error_message="Choose the reason of the rejection.",
            ),
            models.UniqueConstraint(
                fields=["person", "kind", "organisation"],
                condition=Q(state__in=["open", "question"], person__isnull=False),
                nulls_distinct=False,
                name="request_about_a_person_is_open_once",
                violation_error_message="This is being handled already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.name}"

    @property
    def reference(self) -> str:
        """What people call it by."""
        return self.pk.hex[:8].upper()

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def approvals_needed(self) -> int:
        """Two for an LSO and for a lost second factor, else one."""
        two = self.kind == RequestKind.LOST_FACTOR or not LSO_ROLES.isdisjoint(self.portal_roles)
        return 2 if two else 1


class Approval(models.Model):
    """One person's yes to a request."""

    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, related_name="approvals")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.CharField(
        max_length=300, blank=True, help_text="What was approved: counts only while it is the same."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "by", "what"],
                name="request_is_approved_once_by_each",
                violation_error_message="You have approved this request already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.by} for {self.request}"


class RequestNote(models.Model):
    """A question to the applicant, an answer, or a remark that only handlers see."""

    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    text = models.TextField()
    for_applicant = models.BooleanField(help_text="Shown to the applicant; written by them where nobody is named.")

    class Meta:
        ordering: ClassVar[list[str]] = ["at", "pk"]

    def __str__(self) -> str:
        return self.text[:50]


class RequestAttachment(models.Model):
    """A PDF that the applicant added, kept outside the static files under a name of ours."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(AccessRequest, on_delete=models.CASCADE, related_name="attachments")
    title = models.CharField(max_length=100, help_text="The applicant's file name, cleaned; shown, never a path.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64, db_collation="C")
    added_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["added_at"]

    def __str__(self) -> str:
        return self.title
