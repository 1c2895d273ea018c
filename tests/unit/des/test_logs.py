"""The log: one JSON object a line, with what is listed and no more."""

import json
import logging
import sys

from des.logs import JSONLines


def line_of(message="request", *args, exc_info=None, **extra):
    record = logging.LogRecord("des.requests", logging.INFO, __file__, 1, message, args, exc_info)
    for name, value in extra.items():
        setattr(record, name, value)
    return JSONLines().format(record)


def test_a_request_is_one_object_with_its_time_in_utc():
    line = json.loads(line_of(request_id="ab12", route="search", status=200))

    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "info",
        "logger": "des.requests",
        "message": "request",
        "request_id": "ab12",
        "route": "search",
        "status": 200,
    }


def test_what_is_not_listed_is_left_out():
    assert "LS1 4AP" not in line_of(path="/search/?q=LS1 4AP", request="LS1 4AP")


def test_no_text_can_forge_a_second_line():
    line = line_of("at %s", 'here\n{"level": "info"}\u2028')

    assert len(line.splitlines()) == 1
    assert json.loads(line)["message"] == 'at here\n{"level": "info"}\u2028'


def test_an_exception_comes_with_its_traceback():
    try:
        raise KeyError("shipper")
    except KeyError:
        line = json.loads(line_of(exc_info=sys.exc_info()))

    assert line["exception"].startswith("Traceback")
    assert line["exception"].endswith("KeyError: 'shipper'")


def test_what_json_cannot_hold_is_written_as_text():
    assert json.loads(line_of(person=b"\xff"))["person"] == r"b'\xff'"
