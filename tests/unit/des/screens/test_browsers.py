"""The oldest browsers that the service promises to work in."""

import pytest

from des.screens.browsers import is_below_the_floor

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{} Safari/537.36"


@pytest.mark.parametrize(
    ("user_agent", "old"),
    [
        (CHROME.format("56.0"), True),
        (CHROME.format("57.0"), False),
        (CHROME.format("140.0"), False),
        (CHROME.format("64.0") + " Edge/15.1", True),
        (CHROME.format("51.0") + " Edge/16.1", False),
        (CHROME.format("79.0") + " Edg/79.0", False),
        ("Mozilla/5.0 (Windows NT 10.0; rv:51.0) Gecko/20100101 Firefox/51.0", True),
        ("Mozilla/5.0 (Windows NT 10.0; rv:52.0) Gecko/20100101 Firefox/52.0", False),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/604.1 Version/10.1 Safari/604.1", True),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/604.1 Version/11.0 Safari/604.1", False),
        ("Opera/9.80 (Windows NT 6.1) Presto/2.12 Version/10.0", False),
        ("Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko", True),
        ("Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.0)", True),
        ("curl/8.0", False),
        ("", False),
        ("Chrome/" + "9" * 10_000, False),
        ("x" * 400 + " MSIE 8.0", False),
    ],
)
def test_a_browser_below_the_floor_is_known_by_its_name(user_agent, old):
    assert is_below_the_floor(user_agent) is old
