"""The web process, as its server loads it."""

from django.core.handlers.wsgi import WSGIHandler

from des.wsgi import application


def test_it_answers_a_request(rf):
    response = application.get_response(rf.get("/health/live"))

    assert isinstance(application, WSGIHandler)
    assert response.content == b'{"live": true}'
    assert response["X-Request-ID"]
