"""What people change of themselves."""

from django.db import transaction

from accounts.events import record
from accounts.models import Event, User
from accounts.origin import Origin


@transaction.atomic
def change(*, user: User, name: str, telephone: str, origin: Origin) -> bool:
    """Change one's own name and telephone number; False where both are as before."""
    held = User.objects.select_for_update().get(pk=user.pk)
    changed = [
        f"{label}: {before or 'none'} → {after or 'none'}"
        for label, before, after in (("Name", held.name, name), ("Telephone", held.telephone, telephone))
        if before != after
    ]
    if not changed:
        return False
    held.name, held.telephone = name, telephone
    held.save(update_fields=["name", "telephone"])
    record(Event.PROFILE_CHANGED, origin=origin, person=held, by_id=held.pk, detail="; ".join(changed))
    return True
