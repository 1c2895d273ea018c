"""The cast, and a database in which the tests act as the application's own role."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

POINTS, SEED = 3_000, 7
PASSWORD = "correct horse battery staple"
FACTOR_SEED = b"a seed of twenty by."  # of everybody's authenticator app
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
    settings.ATTACHMENT_DIR = tmp_path / "attachments"


class PortalClient(Client):
    """A browser: signed in as its person must be, and saying with each form for whom it was made."""

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Sign somebody in as the sign-in pages do: with a sign-in of record, and with the factor they have."""
        from django_otp import DEVICE_ID_SESSION_KEY

        from accounts.operations import factors, sessions
        from accounts.origin import SERVICE

        super().force_login(user, backend)
        begun, _ = sessions.begin(user=user, device_token="this browser", origin=SERVICE, now=timezone.now())
        session = self.session
        session[sessions.SIGN_IN_KEY] = begun.pk
        if held := factors.factors_of(user):
            session[DEVICE_ID_SESSION_KEY] = held[0].persistent_id
        session.save()

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        form = dict(data) if isinstance(data, dict) else {} if data is None else data
        if isinstance(form, dict) and "acting" not in form and (acting := self.acting()):
            form["acting"] = str(acting)
        return super().post(path, form, *args, **kwargs)

    def acting(self) -> int | None:
        """The membership that the person signed in here acts under."""
        from accounts.access import actor_for
        from accounts.middleware import MEMBERSHIP_KEY
        from accounts.models import User

        session = self.session
        user = User.objects.filter(pk=session.get("_auth_user_id")).first()
        actor = actor_for(user, now=timezone.now(), membership_id=session.get(MEMBERSHIP_KEY)) if user else None
        return actor.membership_id if actor else None


@pytest.fixture
def client() -> PortalClient:
    return PortalClient()


def code_of_app(*, steps: int = 0) -> str:
    """What everybody's authenticator app shows now, or some steps of 30 seconds from now."""
    import time

    from django_otp.oath import TOTP

    totp = TOTP(FACTOR_SEED)
    totp.time = time.time() + 30 * steps
    return f"{totp.token():06d}"


def give_factor(user: Any) -> Any:
    """An authenticator app for a person, whose codes are those of `code_of_app`."""
    from accounts import sealing
    from accounts.models import AuthenticatorApp

    return AuthenticatorApp.objects.create(
        user=user, name="App", sealed_key=sealing.sealed(FACTOR_SEED), created_at=timezone.now()
    )


def accept_terms(user: Any, *, but: tuple[str, ...] = ()) -> None:
    """Accept every document in force, the additional ones too."""
    from accounts.models import AcceptedBy, TermsDocument
    from accounts.operations import terms
    from accounts.origin import SERVICE

    now = timezone.now()
    for document in TermsDocument.objects.in_force(on=timezone.localdate()).exclude(slug__in=but):
        terms.accept(user=user, document=document, sha256=document.sha256, by=AcceptedBy.CLICK, origin=SERVICE, now=now)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Instead of `db`, for tests of what happens at once: work is committed, so that other connections see it.

    Afterwards everything that tests add is deleted; the register, the participants and the shipped terms stay.
    """
    with django_db_blocker.unblock():
        yield
        forget_everybody()


def forget_everybody() -> None:
    """Delete all people and what is theirs, and make the organisations as they were."""
    from django.apps import apps
    from django.db import connection, transaction

    kept = {"organisation", "marketparticipant", "termsdocument"}
    tables = [
        model._meta.db_table
        for label in ("accounts", "sessions", "exports", "audit")
        for model in apps.get_app_config(label).get_models()
        if model._meta.model_name not in kept
    ]
    with owning(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_organisation SET group_id = NULL, requires_second_factor = false"
            " WHERE group_id IS NOT NULL OR requires_second_factor"
        )
        cursor.execute("DELETE FROM accounts_termsdocument WHERE version > 1 OR published_by_id IS NOT NULL")
        for table in tables:  # foreign keys are looked at when the transaction ends
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own tables


def at_once(call: Callable[[], Any], times: int) -> list[Any]:
    """What so many calls at the same moment return, or the exceptions they raise, each on a connection of its own."""
    from django.db import connection

    together = Barrier(times)

    def run(_number: int) -> Any:
        try:
            together.wait(30)
            return call()
        except Exception as raised:  # noqa: BLE001 - given to the test, which looks at it
            return raised
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=times) as pool:
        return list(pool.map(run, range(times)))


type MakePerson = Callable[..., Any]


@pytest.fixture
def database(request: pytest.FixtureRequest) -> None:
    """The database of a test: undone afterwards, or committed where the test asks for `committed`."""
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "db")


@pytest.fixture
def person(database: None) -> MakePerson:
    """Make one of the cast: a user, with a membership where a short code and a role are given.

    All have accepted the terms, and who must have a second factor has one.
    """
    from accounts.models import MarketParticipant, Membership, User
    from accounts.permissions import FACTOR_ROLES

    def make(name: str, short_code: str = "", market_role: str = "", *portal_roles: str) -> Any:
        user = User.objects.create_user(email=f"{name}@example.com", password=PASSWORD, name=name.title())
        accept_terms(user)
        if FACTOR_ROLES & set(portal_roles):
            give_factor(user)
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
def idle_support(person: MakePerson) -> Any:
    """Support without a support session: sees no data."""
    return person("support", "DES", "operator", "support")


@pytest.fixture
def support(idle_support: Any) -> Any:
    """Support within a support session."""
    from accounts.models import Organisation, SupportSession

    now = timezone.now()
    SupportSession.objects.create(
        user=idle_support,
        organisation=Organisation.objects.get(participants__short_code="BGF", participants__market_role="shipper"),
        reason="Call 4711: the caller's site is not found.",
        opened_at=now,
        closes_at=now + timedelta(hours=1),
    )
    return idle_support


@pytest.fixture
def other_support(person: MakePerson) -> Any:
    return person("other-support", "DES", "operator", "support")


@pytest.fixture
def security(person: MakePerson) -> Any:
    return person("security", "DES", "operator", "security")


@pytest.fixture
def auditor(person: MakePerson) -> Any:
    return person("auditor", "DES", "operator", "auditor")


@pytest.fixture
def administrator(person: MakePerson) -> Any:
    return person("administrator", "DES", "operator", "administrator")


@pytest.fixture
def reader(person: MakePerson) -> Any:
    """An ordinary user, who need have no second factor and has none."""
    return person("reader", "BGF", "shipper", "user")


@pytest.fixture
def group_lso(person: MakePerson) -> Any:
    """A group LSO of BGF's company, whose group has that of OCT too."""
    from accounts.models import Organisation, OrganisationGroup

    user = person("group-lso", "BGF", "shipper", "group-lso")
    group = OrganisationGroup.objects.create(name="Group of two")
    codes = {"participants__short_code__in": ["BGF", "OCT"], "participants__market_role": "shipper"}
    Organisation.objects.filter(pk__in=Organisation.objects.filter(**codes).values("pk")).update(group=group)
    return user


@pytest.fixture
def other_lso(person: MakePerson) -> Any:
    """The LSO of another organisation."""
    return person("other-lso", "OCT", "shipper", "lso")


@pytest.fixture
def second_lso(person: MakePerson) -> Any:
    """Another LSO of the same organisation as `lso`."""
    return person("second-lso", "BGF", "shipper", "lso")


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
        found = actor_for(user, now=timezone.now())
        assert found
        return found

    return of
