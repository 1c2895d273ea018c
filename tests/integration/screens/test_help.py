"""The help page, which anyone may open."""

from tests.integration.pages import read


def test_anyone_may_read_it(client, db):
    response = client.get("/help/")

    assert response.status_code == 200
    assert read(response).heading == "Help"
    assert read(response).values["LI"] == "Live"


def test_who_is_signed_in_is_told_whom_they_act_for(client, shipper, actor):
    client.force_login(shipper)

    assert f"You act for {actor(shipper).organisation_name} as Shipper." in client.get("/help/").text


def test_an_outsider_may_read_it(client, outsider):
    client.force_login(outsider)

    assert client.get("/help/").status_code == 200


def test_a_lock_tells_nothing_of_what_is_behind_it(client, db):
    text = " ".join(client.get("/help/").text.split())

    assert "“Withheld”: you are not told whether there is a value." in text
    assert "After five wrong passwords sign-in pauses for 15 minutes" in text


def test_the_search_box_gives_the_examples_that_the_help_explains(client, shipper):
    client.force_login(shipper)
    home, explained = client.get("/").text, client.get("/help/").text

    for example in ("1000373901", "G4F1030105926", "87 CM2 7NG", "87 meadgate ave chelmsford"):
        assert f"<li>{example}</li>" in home
        assert f'data-label="Looks like">{example}</td>' in explained


def test_an_old_browser_is_told_so(client, db):
    old = client.get("/help/", headers={"User-Agent": "Mozilla/5.0 Gecko/20100101 Firefox/40.0"})
    new = client.get("/help/", headers={"User-Agent": "Mozilla/5.0 Gecko/20100101 Firefox/140.0"})

    assert "This browser is too old" in old.text
    assert "This browser is too old" not in new.text
