"""The yearly confirmation of an organisation's people, on one screen."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Actor
from accounts.decorators import ActingRequest, permission_required
from accounts.models import Certification, Membership, Organisation
from accounts.operations import certifications, people_lists
from accounts.operations.people_lists import Person
from accounts.views.people import LOOKS_AFTER, REFUSALS, managed_or_404, why_not, words_of

# A form of more fields than this would be refused before it is read.
ON_SCREEN = 150
ROUNDS_SHOWN = 10
CONFIRM, REMOVE = "confirm", "remove"


@require_http_methods(["GET", "POST"])
@permission_required(*LOOKS_AFTER)
def people_certify(request: ActingRequest) -> HttpResponse:
    """Confirm or remove each person; what is left undecided stays on the screen."""
    organisations = managed_or_404(request)
    organisation = chosen(request, organisations)
    round_ = open_round_of(organisation)
    if request.method == "POST":
        if round_ is None:
            messages.warning(request, "This round is done: somebody else has decided about the last person.")
        else:
            problems = decide(request, round_)
            if problems:
                return screen(request, organisations, organisation, problems)
        return redirect(f"{reverse('people_certify')}?organisation={organisation.pk}")
    return screen(request, organisations, organisation, {})


@require_POST
@permission_required(*LOOKS_AFTER)
def people_certify_start(request: ActingRequest) -> HttpResponse:
    """Open a round before its time."""
    organisation = chosen(request, managed_or_404(request))
    certifications.open_round(organisation, by_id=request.actor.person_id, origin=request.origin, now=timezone.now())
    messages.success(request, "A round is open. Decide about each person below.")
    return redirect(f"{reverse('people_certify')}?organisation={organisation.pk}")


def chosen(request: ActingRequest, organisations: list[Organisation]) -> Organisation:
    """The organisation that is named; else the first with an open round, or the first."""
    wanted = (request.POST or request.GET).get("organisation", "")
    if wanted:
        found = [one for one in organisations if str(one.pk) == wanted]
        if not found:
            raise Http404
        return found[0]
    waiting = set(open_rounds(organisations))
    return next((one for one in organisations if one.pk in waiting), organisations[0])


def open_rounds(organisations: list[Organisation]) -> dict[int, Certification]:
    rounds = Certification.objects.filter(organisation__in=organisations, done_at__isnull=True)
    return {one.organisation_id: one for one in rounds}


def open_round_of(organisation: Organisation) -> Certification | None:
    return Certification.objects.filter(organisation=organisation, done_at__isnull=True).first()


def decide(request: ActingRequest, round_: Certification) -> dict[int, str]:
    """Do what was decided, person by person; why not, by membership, where it could not be done."""
    problems, confirmed, removed = {}, 0, 0
    asked = people_lists.held_by([round_.organisation_id]).filter(
        pk__in=[pk for pk, _ in decisions_of(request.POST)]
    ).in_bulk()  # fmt: skip
    for key, decision in decisions_of(request.POST):
        membership = asked.get(key)
        if membership is None:
            continue  # of another organisation: not there for this reader
        try:
            certifications.decide(
                round_=round_, membership=membership, confirm=decision == CONFIRM, by=request.actor,
                origin=request.origin, now=timezone.now(),
            )  # fmt: skip
        except REFUSALS as refusal:
            problems[key] = words_of(refusal)
        else:
            confirmed, removed = confirmed + (decision == CONFIRM), removed + (decision == REMOVE)
    if confirmed or removed:
        messages.success(request, f"{confirmed} confirmed, {removed} removed.")
    elif not problems:
        messages.warning(request, "Nothing was decided. Choose “Confirm” or “Remove” for each person.")
    if certifications.finish(round_=round_, by=request.user, origin=request.origin, now=timezone.now()):
        messages.success(request, "Everybody is decided: this round is done. Thank you.")
    return problems


def may_decide(actor: Actor, membership: Membership, *, now: datetime) -> None:
    """Raises where somebody else has to decide about a person."""
    certifications.check_may_decide(membership, confirm=True, by=actor, now=now)


def decisions_of(form: Mapping[str, str]) -> list[tuple[int, str]]:
    """The keys of memberships with what was decided of each."""
    found = []
    for name, value in form.items():
        key = name.removeprefix("decision-")
        is_key = name.startswith("decision-") and key.isascii() and key.isdecimal() and len(key) < 19
        if is_key and value in {CONFIRM, REMOVE}:
            found.append((int(key), value))
    return found


def screen(
    request: ActingRequest, organisations: list[Organisation], organisation: Organisation, problems: dict[int, str]
) -> HttpResponse:
    now = timezone.now()
    round_ = open_round_of(organisation)
    people: list[Person] = []
    more = False
    if round_:
        left = certifications.undecided(round_, now=now)
        rows = people_lists.held_by([organisation.pk]).filter(pk__in=left.values("pk")).order_by("called", "pk")
        page = list(rows[: ON_SCREEN + 1])
        people, more = people_lists.described(page[:ON_SCREEN], now=now), len(page) > ON_SCREEN
    history = Certification.objects.filter(organisation=organisation, done_at__isnull=False).select_related("done_by")
    context = {
        "organisation": organisation,
        "organisations": organisations,
        "waiting": open_rounds(organisations),
        "round": round_,
        "people": [
            (person, problems.get(person.membership.pk, ""), why_not(request, may_decide, person.membership))
            for person in people
        ],
        "problems": list(problems.items()),
        "more": more,
        "on_screen": ON_SCREEN,
        "history": history[:ROUNDS_SHOWN],
        "overdue": bool(round_ and round_.due_on < timezone.localdate(now)),
    }
    return render(request, "people/certify.html", context, status=422 if problems else 200)
