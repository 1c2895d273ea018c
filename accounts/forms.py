"""The forms on which people say who they are."""

from typing import Any

from allauth.account.forms import LoginForm
from django.core.validators import MaxLengthValidator

LONGEST_PASSWORD = 128


class SignInForm(LoginForm):
    """Sign in by e-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = "E-mail address"
        login.error_messages["required"] = "Enter your e-mail address."
        login.error_messages["invalid"] = "Enter an e-mail address like name@company.co.uk."
        password.error_messages["required"] = "Enter your password."
        # Nothing longer can be a password, and hashing it would cost the server.
        password.validators.append(MaxLengthValidator(LONGEST_PASSWORD, "A password has at most 128 characters."))
        password.help_text = ""
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)
