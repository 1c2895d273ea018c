"""The files that an applicant adds: PDFs by their content, three at most, bounded, and kept for us alone."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import AccessRequest, RequestAttachment, RequestState
from tests.integration.accounts.request_cast import confirmed_by

PDF = b"%PDF-1.7\n" + b"1 0 obj\n" * 40 + b"trailer\n%%EOF\n"


def pdf(content=PDF, name="agreement.pdf"):
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def upload(client, content=PDF, name="agreement.pdf"):
    return client.post("/request-access/follow/files/", {"file": pdf(content, name)})


@pytest.fixture
def confirmed(client, db, mailoutbox):
    """A request of a new person at BGF, whose browser is on its private page."""
    return confirmed_by(client, mailoutbox)


def test_a_pdf_is_kept_under_a_name_of_ours_for_us_alone(client, confirmed, settings):
    response = upload(client, name="../../etc/passwd.pdf")

    kept = RequestAttachment.objects.get()
    (path,) = settings.ATTACHMENT_DIR.iterdir()
    assert response.url == "/request-access/follow/"
    assert (kept.title, path.name, path.read_bytes()) == ("passwd.pdf", f"{kept.pk}.pdf", PDF)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "passwd.pdf" in client.get("/request-access/follow/").text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html><script>alert(1)</script></html>", "This file is not a whole PDF."),
        (b"PK\x03\x04" + b"\x00" * 100, "This file is not a whole PDF."),
        (b"x" * 2000 + PDF, "This file is not a whole PDF."),
        (PDF + b"\n" * 2000, "This file is not a whole PDF."),
        (b"%PDF-1.7\n" + b"cut short", "This file is not a whole PDF."),
        (b"", "This file is empty."),
    ],
)
def test_what_is_no_pdf_by_its_content_is_refused_and_gone(client, confirmed, settings, content, message):
    response = upload(client, content)

    assert response.status_code == 422
    assert message in response.text
    assert not RequestAttachment.objects.exists()
    assert not settings.ATTACHMENT_DIR.exists() or list(settings.ATTACHMENT_DIR.iterdir()) == []


def test_three_files_are_taken_at_most(client, confirmed, settings):
    for _ in range(3):
        assert upload(client).status_code == 302

    response = upload(client)

    assert "You have added 3 files already" in response.text
    assert RequestAttachment.objects.count() == len(list(settings.ATTACHMENT_DIR.iterdir())) == 3


def test_no_file_is_told_to_choose_one(client, confirmed):
    response = client.post("/request-access/follow/files/", {})

    assert response.status_code == 422
    assert "Choose a file." in response.text


def test_a_request_that_is_over_takes_no_file(client, confirmed, settings):
    AccessRequest.objects.update(state=RequestState.WITHDRAWN, decided_at=timezone.now())

    assert "This request is over" in upload(client).text
    assert list(settings.ATTACHMENT_DIR.iterdir()) == []


def test_a_stranger_adds_no_file(client, db, settings):
    assert upload(client).status_code == 404
    assert not settings.ATTACHMENT_DIR.exists()


@pytest.mark.parametrize(
    "name", ["evil\x00.pdf", "a" * 200 + ".pdf", 'quote".pdf', "..\\..\\boot.ini", "line\r\nSet-Cookie: x.pdf"]
)
def test_odd_names_of_files_become_plain_titles(client, confirmed, name):
    response = upload(client, name=name)

    assert response.status_code == 302
    title = RequestAttachment.objects.get().title
    assert re.fullmatch(r"[\w ._()-]{1,96}\.pdf", title)


def test_a_file_that_is_too_big_is_refused_with_the_reason_and_gone(client, confirmed, settings, tmp_path):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.UPLOAD_BYTES = 3 * 1024**2

    response = upload(client, PDF[:-6] + b"x" * (3 * 1024**2) + b"%%EOF\n")

    assert response.status_code == 422
    assert "This file is too big. Add a PDF of at most 3 MB." in response.text
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_of_the_largest_size_is_taken(client, confirmed, settings):
    settings.UPLOAD_BYTES = 3 * 1024**2
    content = PDF[:-6] + b"x" * (3 * 1024**2 - len(PDF)) + b"%%EOF\n"

    assert upload(client, content).status_code == 302
    assert RequestAttachment.objects.get().size == 3 * 1024**2
