"""Terms of use: published, and accepted once by each person."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.events import record
from accounts.models import AcceptedBy, Event, TermsAcceptance, TermsDocument, User
from accounts.origin import Origin


class NotThisText(Exception):
    """The text that was read is not the one in force any more."""


class AlreadyPublished(Exception):
    """Somebody else has published a version at the same moment."""


@transaction.atomic
def accept(
    *, user: User, document: TermsDocument, sha256: str, by: AcceptedBy, origin: Origin, now: datetime
) -> TermsAcceptance:
    """Note that a person accepted a version; a second time changes nothing. Raises `NotThisText`."""
    if sha256 != document.sha256:
        raise NotThisText
    acceptance, is_new = TermsAcceptance.objects.get_or_create(
        user=user,
        document=document,
        defaults={"sha256": sha256, "at": now, "by": by, "address": origin.address},
    )
    if is_new:
        record(Event.TERMS_ACCEPTED, origin=origin, person=user, by_id=user.pk, detail=f"{document}, SHA-256 {sha256}")
    return acceptance


def accept_by_notice(*, user: User, on: date, origin: Origin, now: datetime) -> None:
    """Where a notice on the sign-in page stands for the clicks: accept what is required by signing in."""
    for document in TermsDocument.objects.in_force(on=on).filter(required=True).exclude(acceptances__user=user):
        accept(user=user, document=document, sha256=document.sha256, by=AcceptedBy.NOTICE, origin=origin, now=now)


def publish(
    *,
    slug: str,
    title: str,
    text: str,
    effective_from: date,
    required: bool,
    opens: str,
    by: User | None,
    origin: Origin,
    now: datetime,
    after: int | None = None,
) -> TermsDocument:
    """Publish the next version of a document, or the first of a new one. Raises `AlreadyPublished`.

    `after` is the last version that its author knew of, where they looked: then no other may have come since.
    """
    text = text.replace("\r\n", "\n").strip() + "\n"
    try:
        with transaction.atomic():
            last = TermsDocument.objects.filter(slug=slug).aggregate(last=Max("version"))["last"] or 0
            if after not in {None, last}:
                raise AlreadyPublished
            document = TermsDocument.objects.create(
                slug=slug,
                title=title,
                version=last + 1,
                effective_from=effective_from,
                text=text,
                sha256=TermsDocument.hash_of(text),
                required=required,
                opens=opens,
                published_at=now,
                published_by=by,
            )
            record(Event.TERMS_PUBLISHED, origin=origin, by_id=by.pk if by else None, detail=str(document))
    except IntegrityError as error:
        raise AlreadyPublished from error
    return document
