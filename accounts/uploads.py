"""What a request may bring as files: so much in all, whatever its headers say, and nothing of the rest is kept."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

# A request of at most so many times what is taken is read to its end, so that its sender can read the refusal.
READ_TO_END = 4


class BoundedUpload(FileUploadHandler):
    """Stands first among the handlers, counts what really arrives, and stops a request that brings too much.

    What the others wrote of it by then is deleted with their temporary files. It holds for every address of the
    service, since a body is read before its view has said whether it wants one.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self.arrived = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.arrived += len(raw_data)
        if self.arrived > settings.UPLOAD_BYTES:
            self.request.upload_refused = True  # type: ignore[union-attr]  # read by `was_refused`
            raise StopUpload(connection_reset=self._is_endless())
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""

    def _is_endless(self) -> bool:
        claimed = self.request.META.get("CONTENT_LENGTH", "") if self.request else ""
        return not (claimed.isdecimal() and int(claimed) <= READ_TO_END * settings.UPLOAD_BYTES)


def was_refused(request: Any) -> bool:
    """Whether a request brought more than is taken. What it brought must have been asked for before."""
    return getattr(request, "upload_refused", False)
