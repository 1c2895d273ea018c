"""Who a pair of e-mail address and password belongs to."""

from typing import Any, cast

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from accounts.models import User


class EmailBackend(AuthenticationBackend):
    """Tells a person who is switched off what it tells anybody whose password is wrong."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **credentials: Any
    ) -> User | None:
        user = super().authenticate(request, username=username, password=password, **credentials)
        # Else allauth would lead who is switched off, and has the right password, to a page that says so.
        self.unstash_authenticated_user()
        return cast("User | None", user)
