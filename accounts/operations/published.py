"""Which terms have been published: for the operator, who looks them over. Reads, and what is noted of reading."""

from datetime import date
from typing import Any

from django.db.models import Count

from accounts.events import record
from accounts.models import Event, TermsDocument, User
from accounts.operations.directory import page_of
from accounts.origin import Origin


def versions(*, before: int | None) -> tuple[list[Any], int | None]:
    """A page of versions without their text, the last published first, each with how many have accepted it."""
    counted = TermsDocument.objects.defer("text").select_related("published_by").annotate(accepted=Count("acceptances"))
    return page_of(counted, after_key=before, newest_first=True)


def keys_in_force(*, on: date) -> set[int]:
    return set(TermsDocument.objects.in_force(on=on).values_list("pk", flat=True))


def last_version(slug: str) -> TermsDocument | None:
    """The last version of a document, in force or still to come."""
    found: TermsDocument | None = TermsDocument.objects.filter(slug=slug).order_by("-version").first()
    return found


def note_acceptances_taken(*, document: TermsDocument, by: User, origin: Origin) -> None:
    record(Event.EVENTS_READ, origin=origin, by_id=by.pk, detail=f"Taken away: acceptances of {document}")
