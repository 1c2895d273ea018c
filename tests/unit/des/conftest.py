"""An access matrix of the test's own."""

from collections.abc import Callable

import pytest

from accounts import access
from accounts.matrix import AccessMatrix, Grant
from accounts.permissions import DataItem, MarketRole, Scope

type GrantOnly = Callable[[dict[DataItem, Scope]], None]


@pytest.fixture
def grant_only(monkeypatch: pytest.MonkeyPatch) -> GrantOnly:
    """Grant shippers the items named, each as far as said, of the meter point enquiry, and nothing else."""

    def grant(scopes: dict[DataItem, Scope]) -> None:
        grants = {("meter-points", item, MarketRole.SHIPPER): (Grant(scope),) for item, scope in scopes.items()}
        matrix = AccessMatrix(version="test", grants=grants)
        monkeypatch.setattr(access, "access_matrix", lambda: matrix)

    return grant
