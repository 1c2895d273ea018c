"""The web process, as its server loads it."""

import json

import pytest

from des.wsgi import application


def answer(environ):
    """The status, headers and body of one request to the web process."""
    started = []
    body = b"".join(application(environ, lambda status, headers: started.append((status, dict(headers)))))
    return *started[0], body


@pytest.mark.usefixtures("db")
def test_it_answers_a_request(rf):
    status, headers, body = answer(rf.get("/health/live").environ)

    assert status == "200 OK"
    assert json.loads(body) == {"live": True}
    assert headers["X-Request-ID"]


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("charset", ["rot13", "base64", "idna", "utf-16", "utf-7", "unicode_escape", "no-such"])
def test_whatever_alphabet_is_named_a_request_is_read_as_ours(rf, charset):
    environ = rf.get("/search/?q=%5Cud800%5Cudc00").environ

    status, headers, _body = answer(environ | {"CONTENT_TYPE": f"text/plain; charset={charset}; format=flowed"})

    assert status == "302 Found"
    assert headers["Location"].startswith("/sign-in/")
