"""What an applicant adds to a request: PDF files by their content, kept outside the static files."""

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from accounts.models import AccessRequest, RequestAttachment, RequestNote
from accounts.operations.requests import WAITING

MOST = 3
BEGINS_WITHIN = ENDS_WITHIN = 1024  # bytes in which the marks of a PDF must stand
TITLE = 100


class NotTaken(Exception):
    """The file is not kept; the message is for people."""


def path_of(attachment_id: UUID) -> Path:
    return Path(settings.ATTACHMENT_DIR, f"{attachment_id}.pdf")


def title_of(name: str) -> str:
    """A file name as it may be shown and given to a browser: no path, no control characters, nothing to quote."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(character if character.isalnum() or character in " ._()-" else "_" for character in last)
    stem = " ".join(plain.split()).removesuffix(".pdf").strip(". ")[: TITLE - len(".pdf")]
    return f"{stem or 'document'}.pdf"


def keep(*, request: AccessRequest, name: str, chunks: Iterable[bytes], now: datetime) -> RequestAttachment:
    """Keep one PDF of a request that waits. Raises `NotTaken`, and then nothing is left on the disk."""
    folder = Path(settings.ATTACHMENT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept_id = uuid4()
    part, whole = folder / f"{kept_id}.part", path_of(kept_id)
    kept = False
    try:
        size, sha256 = written(part, chunks)
        with transaction.atomic():
            waiting = AccessRequest.objects.select_for_update().filter(pk=request.pk, state__in=WAITING)
            if not waiting.exists():
                raise NotTaken("This request is over: nothing can be added to it.")
            if RequestAttachment.objects.filter(request=request).count() >= MOST:
                raise NotTaken(f"You have added {MOST} files already, and no more are taken.")
            attachment = RequestAttachment.objects.create(
                id=kept_id, request=request, title=title_of(name), size=size, sha256=sha256, added_at=now
            )
            RequestNote.objects.create(
                request=request, at=now, text=f"Added the file {attachment.title}.", for_applicant=True
            )
            part.rename(whole)
            synchronise(folder)
        kept = True
    finally:
        part.unlink(missing_ok=True)
        if not kept:
            whole.unlink(missing_ok=True)
    return attachment


def written(path: Path, chunks: Iterable[bytes]) -> tuple[int, str]:
    """Write a file, counting as it comes, and give its size and digest. Raises `NotTaken`."""
    size, sha256, head, tail = 0, hashlib.sha256(), b"", b""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            size += len(chunk)
            if size > settings.UPLOAD_BYTES:
                raise NotTaken(too_big())
            head = (head + chunk)[:BEGINS_WITHIN] if len(head) < BEGINS_WITHIN else head
            tail = (tail + chunk)[-ENDS_WITHIN:]
            sha256.update(chunk)
            file.write(chunk)
        if b"%PDF-" not in head or b"%%EOF" not in tail:
            raise NotTaken("This file is not a whole PDF. Save the document as a PDF, then add that.")
        file.flush()
        os.fsync(file.fileno())
    return size, sha256.hexdigest()


def too_big() -> str:
    return f"This file is too big. Add a PDF of at most {settings.UPLOAD_BYTES // 1024**2} MB."


def synchronise(folder: Path) -> None:
    """Have the disk know the new name."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
