"""What the pages of the operator's console share."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.operations import identities
from accounts.operations.memberships import LastKeeper

OWN = "Nobody does this to their own account. Ask another person of the operator."
OWN_INVITATION = "You made this invitation yourself. Another administrator must decide."
DELETED = "This account was deleted meanwhile. There is nothing left to do."


def key_of(request: HttpRequest, name: str) -> int | None:
    """The key of a row that a query names; None where it names none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else None


def query_of(request: HttpRequest, **changed: object) -> str:
    """The query of the page on view, with some of it changed: where the next page is."""
    query = request.GET.copy()
    for name, value in changed.items():
        query[name] = str(value)
    return f"?{query.urlencode()}"


def without(request: HttpRequest, *names: str) -> str:
    """The query of the page on view without some of it: where the first page is."""
    query = request.GET.copy()
    for name in names:
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else request.path


def asked_and_done(
    request: HttpRequest,
    *,
    form: forms.Form,
    do: Callable[[dict[str, Any]], str],
    to: tuple[str, ...] | tuple[str, object],
    template: str,
    context: dict[str, Any],
) -> HttpResponse:
    """A page with a form; and, once it is sent and right, what it asks for, then the page that it leads to.

    What refuses it stands on the form. `do` says what was done, in words.
    """
    if request.method == "POST" and form.is_valid():
        try:
            said = do(form.cleaned_data)
        except identities.OwnAccount:
            form.add_error(None, OWN)
        except identities.Deleted:
            form.add_error(None, DELETED)
        except identities.OwnInvitation:
            form.add_error(None, OWN_INVITATION)
        except identities.AddressInUse:
            form.add_error("email", "Another account has this address.")
        except LastKeeper as refusal:
            form.add_error(None, str(refusal))
        except forms.ValidationError as refusal:
            # Beside the field that it is about, where it names one.
            form.add_error(None, refusal)
        else:
            messages.success(request, said)
            return redirect(*to)
    return render(request, template, {**context, "form": form})
