"""The oldest browsers that the service promises to work in (published in April 2021; Internet Explorer is below)."""

import re

FLOOR = {"Edge": 16, "Chrome": 57, "Firefox": 52, "Version": 11}
# Edge says Chrome too, and Chrome says Safari, so the order is that of who tells the truth.
NAMED = re.compile(r"(?P<name>Edge|Edg|Chrome|Firefox|Version)/(?P<major>[0-9]{1,4})")


def is_below_the_floor(user_agent: str) -> bool:
    """Whether a browser names itself as older than the floor; one that cannot be told gets no notice."""
    user_agent = user_agent[:400]
    if "Trident/" in user_agent or "MSIE " in user_agent:
        return True
    named = {match["name"]: int(match["major"]) for match in NAMED.finditer(user_agent)}
    if "Edg" in named:  # the Edge that is built on Chromium began at 79
        return False
    for name in FLOOR:
        if name in named:
            return named[name] < FLOOR[name] and (name != "Version" or "Safari/" in user_agent)
    return False
