"""The cast, and a database in which the tests act as the application's own role."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

POINTS, SEED = 3_000, 7
PASSWORD = "correct horse battery staple"
SINCE = date(2020, 1, 6)


def become(role: str | None) -> None:
    """Connect anew as the owner of the tables, or as one who has taken on another role with it."""
    from django.db import connection

    connection.close()
    connection.settings_dict["OPTIONS"].pop("assume_role", None)
    if role:
        connection.settings_dict["OPTIONS"]["assume_role"] = role


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """A migrated database with a small sample register, used from then on with the application's rights only."""
    from django.test.utils import setup_databases, teardown_databases

    from des.parties.codes import all_meanings
    from des.sample.load import load_sample_register

    with django_db_blocker.unblock():
        databases = setup_databases(verbosity=0, interactive=False)
        load_sample_register(points=POINTS, seed=SEED, progress=lambda _text: None)
        become("des_app")
        # Read once in the life of a process: counts of queries shall not depend on which test is the first.
        all_meanings()
    yield
    with django_db_blocker.unblock():
        become(None)
        teardown_databases(databases, verbosity=0)


@contextmanager
def owning() -> Iterator[None]:
    """For a while, the role that owns the tables: to change the register as a load does."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        try:
            yield
        finally:
            cursor.execute("SET ROLE des_app")


def audited(**which: Any) -> list[Any]:
    """The audit rows, in the order in which they were written: the application itself cannot read them."""
    from des.audit.models import EnquiryEvent

    with owning():
        return list(EnquiryEvent.objects.filter(**which).order_by("pk"))


@pytest.fixture(autouse=True)
def _settings(settings: Any, tmp_path: Path) -> None:
    """Cheap passwords, files of the test's own, and no broker."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.EXPORT_DIR = tmp_path / "exports"


type MakePerson = Callable[..., Any]


@pytest.fixture
def person(db: None) -> MakePerson:
    """Make one of the cast: a user, with a membership where a short code and a role are given."""
    from accounts.models import MarketParticipant, Membership, User

    def make(name: str, short_code: str = "", market_role: str = "", *portal_roles: str) -> Any:
        user = User.objects.create_user(email=f"{name}@example.com", password=PASSWORD, name=name.title())
        if short_code:
            holder = MarketParticipant.objects.get(short_code=short_code, market_role=market_role)
            Membership.objects.create(
                user=user,
                organisation=holder.organisation,
                market_role=market_role,
                portal_roles=list(portal_roles or ("user",)),
                started_on=SINCE,
            )
        return user

    return make


@pytest.fixture
def keys(db: None) -> dict[str, str]:
    """Keys that lead to one ordinary meter point of the shipper and supplier BGF."""
    from des.sample.specials import example_keys

    found = example_keys(shipper="BGF")
    assert found
    return found


@pytest.fixture
def specials(db: None) -> dict[str, str]:
    """One MPRN of each special kind."""
    from des.sample.specials import special_mprns

    return special_mprns(on=date.today())


@pytest.fixture
def shipper(person: MakePerson) -> Any:
    return person("shipper", "BGF", "shipper", "user", "exporter")


@pytest.fixture
def other_shipper(person: MakePerson) -> Any:
    return person("other-shipper", "OCT", "shipper", "user", "exporter")


@pytest.fixture
def supplier(person: MakePerson) -> Any:
    return person("supplier", "BGF", "supplier", "user", "exporter")


@pytest.fixture
def transporter(person: MakePerson, keys: dict[str, str]) -> Any:
    """Of the network that the ordinary meter point is on."""
    from des.meterpoints.models import MeterPoint

    return person("transporter", MeterPoint.objects.get(mprn=keys["mprn"]).network, "gt")


@pytest.fixture
def other_transporter(person: MakePerson, keys: dict[str, str]) -> Any:
    """Of a network that the ordinary meter point is not on."""
    from des.meterpoints.models import MeterPoint

    network = MeterPoint.objects.get(mprn=keys["mprn"]).network
    return person("other-transporter", "WWU" if network == "NGN" else "NGN", "gt")


@pytest.fixture
def support(person: MakePerson) -> Any:
    return person("support", "DES", "operator", "support")


@pytest.fixture
def lso(person: MakePerson) -> Any:
    return person("lso", "BGF", "shipper", "lso")


@pytest.fixture
def outsider(person: MakePerson) -> Any:
    """With an account, and no membership."""
    return person("outsider")


@pytest.fixture
def actor() -> Callable[[Any], Any]:
    """The actor that a person is today."""
    from accounts.access import actor_for

    def of(user: Any) -> Any:
        found = actor_for(user, on=date.today())
        assert found
        return found

    return of
