"""A person's exports, for pages of other channels."""

from django import template
from django.db.models import QuerySet

from accounts.access import Actor
from des.exports.models import Export

register = template.Library()

RECENT = 5


@register.simple_tag
def recent_exports(actor: Actor) -> QuerySet[Export]:
    """The newest exports that an actor asked for under the membership acted for."""
    return Export.objects.filter(user=actor.person_id, membership=actor.membership_id)[:RECENT]
