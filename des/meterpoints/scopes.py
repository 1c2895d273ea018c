"""How far each scope of access reaches among meter points."""

from django.db.models import Q

from accounts.access import Actor
from accounts.permissions import MarketRole, Scope

# Who holds a meter point on the day of the enquiry, by the scope and the market role that ask.
HOLDER = {
    (Scope.PORTFOLIO, MarketRole.SHIPPER): "shipper_now",
    (Scope.PORTFOLIO, MarketRole.SUPPLIER): "supplier_now",
    (Scope.NETWORK, MarketRole.GT): "network_now",
    (Scope.NETWORK, MarketRole.IGT): "network_now",
    (Scope.ASSETS, MarketRole.MAM): "mam_now",
    (Scope.ASSETS, MarketRole.MAP): "map_now",
}


def held_by(actor: Actor, scope: Scope) -> Q:
    """The meter points that a scope of an actor reaches, as they are held on the day of the enquiry."""
    return Q(**{f"{HOLDER[scope, actor.market_role]}__in": actor.short_codes})
