"""How many questions each screen asks of the database: a screen does not grow slow unnoticed."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from des.exports.models import Export
from des.parties.codes import all_meanings
from tests.contracts import snapshots


def test_each_screen_asks_the_same_number_of_questions(client, shipper, transporter, keys, actor, monkeypatch):
    all_meanings()  # read once in the life of a process
    monkeypatch.setattr("des.exports.tasks.write.delay", lambda **_message: None)
    client.force_login(shipper)
    client.get("/")
    rows = [("screen", "queries")]

    def visit(name, path, query=None, *, post=False):
        with CaptureQueriesContext(connection) as queries:
            response = client.post(path, query) if post else client.get(path, query)
        assert response.status_code in {200, 302}, name
        asked = [q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))]
        rows.append((name, str(len(asked))))
        return response

    visit("sign in", "/sign-in/")
    client.force_login(shipper)
    visit("home", "/")
    visit("help", "/help/")
    visit("search, nothing typed", "/search/")
    for key in ("mprn", "postcode", "postcode_house", "address", "uprn", "msn"):
        visit(f"search, {key}", "/search/", {"q": keys[key], "list": "1"})
    visit("search, number of several kinds", "/search/", {"q": "12345678"})
    visit("search, nothing found", "/search/", {"q": "zzzzqqqq xxxxyyyy"})
    visit("enquire, form", "/enquiries/meter-points/")
    visit("enquire, postcode", "/enquiries/meter-points/", {"postcode": keys["postcode"]})
    visit("record", f"/meter-points/{keys['mprn']}/")
    visit("exports, ask", "/exports/", {"enquiry": "meter-points", "mprn": keys["mprn"]}, post=True)
    visit("exports", "/exports/")
    export = Export.objects.get()
    visit("export", f"/exports/{export.pk}/")
    visit("export, progress", f"/exports/{export.pk}/progress/")
    client.force_login(transporter)
    visit("record, transporter", f"/meter-points/{keys['mprn']}/")

    snapshots.check("queries.txt", snapshots.columns(rows))


def test_a_list_asks_no_more_for_more_rows(client, shipper, keys, settings):
    client.force_login(shipper)
    counts = []
    for size in (2, 50):
        settings.ROWS_PER_PAGE = size
        with CaptureQueriesContext(connection) as queries:
            client.get("/enquiries/meter-points/", {"postcode": keys["postcode"]})
        counts.append(len([q for q in queries if "COUNT(*)" not in q["sql"]]))

    assert counts[0] == counts[1]
