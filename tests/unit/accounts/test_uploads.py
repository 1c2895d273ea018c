"""What a request may bring as files, however big it says that it is."""

import io
from pathlib import Path

import pytest
from django.core.handlers.wsgi import WSGIRequest

from accounts import uploads

BOUNDARY = b"x1x2x3"
HEAD = (
    b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\ntoken\r\n'
    b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
)
TAIL = b"\r\n--" + BOUNDARY + b"--\r\n"


class Endless(io.RawIOBase):
    """A body of so many bytes that is never held whole; counts what was read of it."""

    def __init__(self, size: int) -> None:
        self.parts, self.left, self.read_so_far = HEAD, size, 0

    def read(self, size: int = -1) -> bytes:
        taken, self.parts = self.parts[:size], self.parts[size:]
        if not taken and self.left:
            taken = b"x" * min(size, self.left)
            self.left -= len(taken)
            if not self.left:
                self.parts = TAIL
        self.read_so_far += len(taken)
        return taken


@pytest.fixture
def scratch(settings, tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    settings.FILE_UPLOAD_TEMP_DIR = str(folder)
    return folder


def sent(body: Endless, claimed: str) -> WSGIRequest:
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/request-access/follow/files/",
        "CONTENT_TYPE": f"multipart/form-data; boundary={BOUNDARY.decode()}",
        "CONTENT_LENGTH": claimed,
        "wsgi.input": body,
    }
    return WSGIRequest(environ)


def left_behind(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_gigabyte_is_refused_early_and_nothing_is_left(scratch, settings):
    body = Endless(1024**3)
    request = sent(body, str(1024**3 + 500))

    assert request.POST["csrfmiddlewaretoken"] == "token"
    assert not request.FILES
    assert uploads.was_refused(request)
    assert body.read_so_far < 2 * settings.UPLOAD_BYTES
    request.close()
    assert left_behind(scratch) == []


@pytest.mark.parametrize("claimed", ["99999999999999", str(11 * 1024**2 + 500)])
def test_a_false_length_is_no_way_around(scratch, claimed):
    request = sent(Endless(11 * 1024**2), claimed)

    assert not request.FILES
    assert uploads.was_refused(request)
    request.close()
    assert left_behind(scratch) == []


@pytest.mark.parametrize("claimed", ["", "0", "nonsense"])
def test_without_a_length_nothing_is_read(scratch, claimed):
    body = Endless(1024**3)
    request = sent(body, claimed)

    assert not request.FILES
    assert body.read_so_far < 100_000
    assert left_behind(scratch) == []


def test_a_little_too_much_is_read_to_its_end_so_that_the_refusal_is_read(scratch, settings):
    size = settings.UPLOAD_BYTES + 1
    body = Endless(size)
    request = sent(body, str(len(HEAD) + size + len(TAIL)))

    assert not request.FILES
    assert uploads.was_refused(request)
    assert body.left == 0


def test_what_is_taken_arrives_whole(scratch, settings):
    size = settings.UPLOAD_BYTES
    request = sent(Endless(size), str(len(HEAD) + size + len(TAIL)))

    assert request.FILES["file"].size == size
    assert not uploads.was_refused(request)
    request.close()
    assert left_behind(scratch) == []


def test_several_files_count_together(scratch, settings):
    settings.UPLOAD_BYTES = 1000
    part = HEAD + b"x" * 600
    body = io.BytesIO(part + b"\r\n" + part + TAIL)
    request = sent(body, str(len(body.getvalue())))

    assert len(request.FILES.getlist("file")) < 2
    assert uploads.was_refused(request)
