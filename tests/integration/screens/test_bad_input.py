"""Every box and parameter takes whatever is put into it: a clear message or an empty result, and never a fault."""

import time
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from des.meterpoints.enquiry import MeterPointEnquiry
from tests.conftest import PortalClient

BAD = {
    "nothing": "",
    "spaces": "   ",
    "10,000 letters": "A" * 10_000,
    "10,000 words": "OAK " * 2_500,
    "NUL": "LS1\x004AP",
    "control": "\x1b[2J\r\n\x08",
    "replacement": "\ufffd\ufffd",
    "right to left": "\u202eLS1 4AP\u202c",
    "zero width": "LS1\u200b4AP\ufeff",
    "only zero width": "\u200b\u200d\u2060",
    "SQL": "1'; DROP TABLE meterpoints_meterpoint; --",
    "wildcards": "100% OA_ \\ '",
    "percent": "%",
    "underscore": "____",
    "text search": "oak & road | !lane <-> leeds:* (",
    "operators": "& | ! <-> :*",
    "regular expression": "(((a+)+)+)+$ .* [ \\m",
    "Arabic digits": "٤٠٥٧٣٦٩٢٠٤",
    "superscript": "⁴⁰⁵⁷³⁶⁹²⁰⁴",
    "full width": "４０５７３６９２０４",
    "30 digits": "9" * 30,
    "ten to the thirtieth": str(10**30),
    "minus one": "-1",
    "zero": "0000000000",
    "emoji": "🔥" * 50,
    "combining": "e" + "\u0301" * 150,
    "growing in capitals": "ß" * 200,
    "private use": "\ue000\uf8ff",
    "not a character": "\uffff\U0010ffff",
    "markup": "<script>alert('x')</script>",
    "template": "{{ request }}{% debug %}%s{0}",
}
RAW = {"lone surrogate": "%ED%A0%80", "half a letter": "%C3", "not UTF-8": "%FF%FE", "encoded NUL": "%00"}
BOXES = ["q", *MeterPointEnquiry.base_fields, "after", "page"]
bad = pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())


@pytest.fixture
def signed_in(client, shipper):
    client.force_login(shipper)
    return client


def check(ask, *question, **options):
    """Ask, and look at the answer. What took over a second is asked again: the machine may have been busy."""
    for _attempt in range(2):
        started = time.perf_counter()
        response = ask(*question, **options)
        seconds = time.perf_counter() - started
        assert response.status_code < 500
        assert "<script>alert" not in response.text
        if seconds < 1:
            return
    pytest.fail(f"{question} keeps the service busy for {seconds:.1f} seconds")


@bad
def test_the_search_box_takes_anything(signed_in, text):
    check(signed_in.get, "/search/", {"q": text})


@pytest.mark.parametrize("box", BOXES)
def test_every_box_of_the_form_takes_anything(signed_in, box):
    beside = {"postcode": "ME15 8LX"} if box in {"house", "after", "page"} else {}
    for text in BAD.values():
        check(signed_in.get, "/enquiries/meter-points/", beside | {box: text})


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
@pytest.mark.parametrize(
    "path", ["/search/?q=", "/search/?q=LS1%204AP", *(f"/enquiries/meter-points/?{box}=" for box in BOXES)]
)
def test_bytes_that_are_no_text_are_taken_too(signed_in, path, raw):
    check(signed_in.get, path + raw)


@bad
def test_the_address_of_a_record_takes_anything(signed_in, text):
    check(signed_in.get, f"/meter-points/{quote(text[:2_000], safe='')}/")


@pytest.mark.parametrize(
    "path", ["/meter-points/{}/", "/enquiries/{}/", "/exports/{}/", "/exports/{}/download/", "/{}"]
)
@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
def test_an_address_of_any_bytes_is_not_found(signed_in, path, raw):
    assert signed_in.get(path.format(raw)).status_code in {301, 404}


@bad
def test_the_mark_of_where_a_record_was_opened_from_takes_anything(signed_in, text):
    check(signed_in.get, "/meter-points/5454555/", {"q": text})


@pytest.mark.parametrize("box", ["enquiry", "whole", *MeterPointEnquiry.base_fields])
def test_the_form_of_an_export_takes_anything(signed_in, monkeypatch, box):
    monkeypatch.setattr("des.exports.tasks.write.delay", lambda **_message: None)
    beside = {"postcode": "ME15 8LX"} if box in {"enquiry", "whole", "house"} else {}
    for text in BAD.values():
        check(signed_in.post, "/exports/", {"enquiry": "meter-points"} | beside | {box: text})


@pytest.mark.parametrize("box", ["login", "password", "next"])
def test_sign_in_takes_anything(client, shipper, box):
    fields = {"login": "shipper@example.com", "password": "not the password"}
    for text in BAD.values():
        check(client.post, "/sign-in/", fields | {box: text})


@bad
def test_a_forged_token_of_any_text_is_refused(db, text):
    client = PortalClient(enforce_csrf_checks=True)
    client.cookies["csrf"] = "a" * 32

    response = client.post("/sign-in/", {"csrfmiddlewaretoken": text})

    assert response.status_code == 403


@pytest.mark.parametrize("session", ["", "x" * 40, "../../etc/passwd", "é", "%00", "'"])
def test_a_session_that_is_not_ours_is_nobody_s(client, db, session):
    client.cookies["session"] = session

    assert client.get("/").status_code == 302


@settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=220))
def test_the_search_box_takes_any_text_at_all(signed_in, text):
    response = signed_in.get("/search/", {"q": text})

    assert response.status_code in {200, 302}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    words=st.lists(
        st.sampled_from(
            ["12", "FLAT", "2/1", "OAK", "ME15", "8LX", "ME15 8LX", "&", "%", "'", ":*", "0", "A1", "ROAD"]
        ),
        max_size=12,
    )
)
def test_the_search_box_takes_words_in_any_order(signed_in, words):
    response = signed_in.get("/search/", {"q": " ".join(words)})

    assert response.status_code in {200, 302}
