"""Which permission stands before each address: no address is without one by mistake."""

import re
from collections.abc import Iterator

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from tests.contracts import snapshots

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EXAMPLES = {"uuid": "00000000-0000-4000-8000-000000000000", "slug": "example", "int": "1", "string": "not-a-token"}


def addresses(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the service, whole, with its pattern."""
    for pattern in patterns:
        assert isinstance(pattern.pattern, RoutePattern), f"{pattern} is not a plain path"
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route, pattern


def all_addresses() -> list[tuple[str, URLPattern]]:
    return list(addresses(get_resolver().url_patterns))


def example_of(route: str, pattern: URLPattern) -> str:
    """A path that the route matches."""
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        route = re.sub(rf"<\w+:{name}>", EXAMPLES[kind], route)
    return f"/{route}"


def test_every_address_has_its_permission(client: Client, db: None) -> None:
    rows = []
    for route, pattern in all_addresses():
        permission = pattern.callback.permission  # no such attribute: decorate the view
        path = example_of(route, pattern)
        allowed = [method for method in METHODS if client.generic(method, path).status_code != 405]
        methods = "any" if allowed == list(METHODS) else ",".join(allowed)
        rows.append((str(pattern.name), f"/{route}", methods, permission or "public"))

    snapshots.check("permissions.txt", snapshots.columns(rows))


def test_every_address_has_a_name_of_its_own() -> None:
    names = [pattern.name for _route, pattern in all_addresses()]

    assert None not in names
    assert len(names) == len(set(names))


def test_the_signed_out_are_answered_by_public_addresses_only(client: Client, db: None) -> None:
    for route, pattern in all_addresses():
        if pattern.callback.permission is not None:
            for method in METHODS:
                response = client.generic(method, example_of(route, pattern))
                refused = response.status_code == 405 or response.get("Location", "").startswith("/sign-in/?next=/")
                assert refused, f"{method} {route}"
