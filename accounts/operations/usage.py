"""How many enquiries people make: a count for each person, organisation and day."""

from datetime import date

from django.db import connection
from django.db.models import Sum

from accounts.access import Actor
from accounts.models import DailyUse


def count_enquiry(*, actor: Actor, day: date) -> None:
    """Count one enquiry, by one atomic statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_dailyuse AS held (user_id, organisation_id, day, enquiries) VALUES (%s, %s, %s, 1)"
            " ON CONFLICT (user_id, organisation_id, day) DO UPDATE SET enquiries = held.enquiries + 1",
            [actor.person_id, actor.organisation_id, day],
        )


def enquiries_this_month(*, organisation_ids: list[int], on: date) -> dict[object, int]:
    """How many enquiries each person made for some organisations since the first of the month, by their id."""
    used = DailyUse.objects.filter(organisation__in=organisation_ids, day__gte=on.replace(day=1), day__lte=on)
    return dict(used.values_list("user_id").annotate(total=Sum("enquiries")))
