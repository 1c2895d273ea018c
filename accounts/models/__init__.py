from accounts.models.membership import Membership
from accounts.models.organisation import MarketParticipant, Organisation
from accounts.models.user import User

__all__ = ["MarketParticipant", "Membership", "Organisation", "User"]
