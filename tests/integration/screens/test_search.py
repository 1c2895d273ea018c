"""The one search box."""

import pytest


@pytest.mark.parametrize("key", ["mprn", "postcode_house", "address", "uprn", "msn"])
def test_each_kind_of_key_opens_the_one_meter_point(client, shipper, keys, key):
    client.force_login(shipper)

    response = client.get("/search/", {"q": keys[key]})

    assert response.status_code == 302
    assert response.url.startswith(f"/meter-points/{keys['mprn']}/")
