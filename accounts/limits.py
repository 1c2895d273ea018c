"""How often a thing may be tried, counted in PostgreSQL: one count for all workers, and no restart resets it.

A window begins with the first try and ends on its own. Each try is counted by one atomic statement before it is made,
so that tries at the same moment cannot pass together; a try that succeeds may be given back.
"""

from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F

from accounts import sealing
from accounts.models import LimitCount

MOST_COUNTED = 1_000_000


@dataclass(frozen=True)
class Limit:
    """So many tries in so many seconds, by the setting `LIMITS`."""

    name: str

    @property
    def amount(self) -> int:
        return settings.LIMITS[self.name][0]

    @property
    def window(self) -> timedelta:
        return timedelta(seconds=settings.LIMITS[self.name][1])

    def key(self, *subject: object) -> bytes:
        """The digest under which a subject is counted: addresses that were typed are not stored."""
        return sealing.digest(":".join(["limit", self.name, *(str(part) for part in subject)]))

    def take(self, *subject: object, now: datetime) -> bool:
        """Count one try; False where it is one too many."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO accounts_limitcount AS held (key, name, subject, started_at, ends_at, count)"
                " VALUES (%(key)s, %(name)s, %(subject)s, %(now)s, %(end)s, 1) ON CONFLICT (key) DO UPDATE SET"
                " count = CASE WHEN held.ends_at <= %(now)s THEN 1 ELSE least(held.count + 1, %(most)s) END,"
                " started_at = CASE WHEN held.ends_at <= %(now)s THEN %(now)s ELSE held.started_at END,"
                " ends_at = CASE WHEN held.ends_at <= %(now)s THEN %(end)s ELSE held.ends_at END"
                " RETURNING count",
                {
                    "key": self.key(*subject),
                    "name": self.name,
                    "subject": subject_digest(subject[0] if subject else ""),
                    "now": now,
                    "end": now + self.window,
                    "most": MOST_COUNTED,
                },
            )
            (count,) = cursor.fetchone()
        return bool(count <= self.amount)

    def give_back(self, *subject: object, now: datetime) -> None:
        """Uncount one try, since it succeeded. Others that were counted meanwhile stay."""
        LimitCount.objects.filter(key=self.key(*subject), count__gt=0, ends_at__gt=now).update(count=F("count") - 1)


def subject_digest(subject: object) -> bytes:
    return sealing.digest(f"subject:{subject}")


def paused_until(*subjects: object, now: datetime, names: Collection[str] | None = None) -> dict[bytes, datetime]:
    """Until when each of some subjects has used up its tries, by their digests; absent where it has not.

    Of anything, or of what is named.
    """
    counts = LimitCount.objects.filter(subject__in=[subject_digest(subject) for subject in subjects], ends_at__gt=now)
    if names is not None:
        counts = counts.filter(name__in=names)
    paused: dict[bytes, datetime] = {}
    for held in counts:
        if held.name in settings.LIMITS and held.count >= settings.LIMITS[held.name][0]:
            subject = bytes(held.subject)
            paused[subject] = max(held.ends_at, paused.get(subject, held.ends_at))
    return paused


def clear(*subjects: object, names: Container[str] | None = None) -> int:
    """Forget the counts of some subjects, all or those of some limits, and say how many there were."""
    held = LimitCount.objects.filter(subject__in=[subject_digest(subject) for subject in subjects])
    kept = [count.pk for count in held if names is None or count.name in names]
    forgotten, _ = LimitCount.objects.filter(pk__in=kept).delete()
    return forgotten


def forget_old(*, now: datetime) -> int:
    """Delete the counts whose window is over."""
    forgotten, _ = LimitCount.objects.filter(ends_at__lt=now).delete()
    return forgotten


def take_all(tries: "Iterable[Try]", *, now: datetime) -> bool:
    """Count one try under each of several limits, the narrowest first; False where it is one too many for any.

    What a narrow limit refuses is not counted by the wider ones: else one who hammers at an account from one network
    would use up the tries that it has from everywhere.
    """
    return all(limit.take(*subject, now=now) for limit, subject in tries)


def give_all_back(tries: "Iterable[Try]", *, now: datetime) -> None:
    for limit, subject in tries:
        limit.give_back(*subject, now=now)


type Try = tuple[Limit, tuple[Any, ...]]

SIGN_IN_BY_ACCOUNT_AND_NETWORK = Limit("sign-in by account and network")
SIGN_IN_BY_ACCOUNT = Limit("sign-in by account")
SIGN_IN_BY_KNOWN_DEVICE = Limit("sign-in by account and known device")
SIGN_IN_BY_NETWORK = Limit("sign-in by network")
SIGN_IN_BY_ANYBODY = Limit("sign-in by anybody")
PAUSE_TOLD = Limit("mail about a pause")
FACTOR_SHORT = Limit("factor, short")
FACTOR_HOUR = Limit("factor, hour")
FACTOR_DAY = Limit("factor, day")
FACTOR_BY_NETWORK = Limit("factor by network")
RESET_HOUR = Limit("reset, hour")
RESET_DAY = Limit("reset, day")
RESET_BY_NETWORK = Limit("reset by network")
RESET_CODE_BY_ACCOUNT = Limit("reset code by account")
RESET_CODE_BY_NETWORK = Limit("reset code by network")
ENROLMENT_MAIL = Limit("mail before enrolment")
REQUEST_BY_ADDRESS = Limit("access request by address")
REQUEST_BY_NETWORK = Limit("access request by network")
LINK_BY_NETWORK = Limit("private link by network")
INVITATION_AGAIN = Limit("invitation again")

UNLOCK = Limit("unlock")

# Those that keep one person out: of the password, and of the second factor.
OF_SIGN_IN = frozenset(
    limit.name
    for limit in (
        SIGN_IN_BY_ACCOUNT_AND_NETWORK,
        SIGN_IN_BY_ACCOUNT,
        SIGN_IN_BY_KNOWN_DEVICE,
        FACTOR_SHORT,
        FACTOR_HOUR,
        FACTOR_DAY,
    )
)
# Those that an LSO or support may lift. The day's tries of the second factor stay counted: else who may lift a pause
# could guess the codes of a colleague for as long as they like.
LIFTED = OF_SIGN_IN - {FACTOR_DAY.name}
