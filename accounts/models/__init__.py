from accounts.models.certification import Certification
from accounts.models.event import Event, SecurityEvent
from accounts.models.factors import AuthenticatorApp, Factor, Passkey, RecoveryCode, RecoveryCodes
from accounts.models.invitation import Held, Invitation
from accounts.models.limit import LimitCount
from accounts.models.mail import Mail
from accounts.models.membership import Membership
from accounts.models.notice import Notice, NoticeKind
from accounts.models.organisation import MarketParticipant, Organisation, OrganisationDomain, OrganisationGroup
from accounts.models.request import (
    AccessRequest,
    Approval,
    RejectionReason,
    RequestAttachment,
    RequestKind,
    RequestNote,
    RequestState,
)
from accounts.models.secret import OneTimeSecret, SecretKind
from accounts.models.sign_in import KnownDevice, SignIn
from accounts.models.support import SupportSession
from accounts.models.terms import AcceptedBy, TermsAcceptance, TermsDocument
from accounts.models.usage import DailyUse
from accounts.models.user import User

__all__ = [
    "AcceptedBy",
    "AccessRequest",
    "Approval",
    "AuthenticatorApp",
    "Certification",
    "DailyUse",
    "Event",
    "Factor",
    "Held",
    "Invitation",
    "KnownDevice",
    "LimitCount",
    "Mail",
    "MarketParticipant",
    "Membership",
    "Notice",
    "NoticeKind",
    "OneTimeSecret",
    "Organisation",
    "OrganisationDomain",
    "OrganisationGroup",
    "Passkey",
    "RecoveryCode",
    "RecoveryCodes",
    "RejectionReason",
    "RequestAttachment",
    "RequestKind",
    "RequestNote",
    "RequestState",
    "SecretKind",
    "SecurityEvent",
    "SignIn",
    "SupportSession",
    "TermsAcceptance",
    "TermsDocument",
    "User",
]
