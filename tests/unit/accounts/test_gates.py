"""Where a gate leads back to."""

import pytest

from accounts import gates


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/people/?before=7", "/people/?before=7"),
        ("", "/form/"),
        ("http://elsewhere.example/people/", "/form/"),
        ("http://testserver//elsewhere.example/", "/form/"),
        ("http://testserver/\\elsewhere.example/", "/form/"),
        ("http://testserver///elsewhere.example/", "/form/"),
    ],
)
def test_after_a_form_it_is_a_page_of_ours_whatever_the_browser_says(rf, referer, back):
    assert gates.back_of(rf.post("/form/", headers={"Referer": referer})) == back
