"""The forms on which people say and prove who they are."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from accounts.models import User
from accounts.passwords import LONGEST

TOO_LONG = f"A password has at most {LONGEST} characters."


class PasswordField(forms.CharField):
    """A password that is shown on request only, taken exactly as typed."""

    def __init__(self, *, label: str, autocomplete: str, required: str, **options: Any) -> None:
        super().__init__(
            label=label,
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
            error_messages={"required": required, "max_length": TOO_LONG},
            # Nothing longer can be a password, and hashing it would cost the server.
            max_length=LONGEST,
            **options,
        )
        self.widget.attrs.pop("maxlength", None)  # the browser would cut what is pasted, and say nothing


class SignInForm(LoginForm):
    """Sign in by e-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = "E-mail address"
        login.error_messages["required"] = "Enter your e-mail address."
        login.error_messages["invalid"] = "Enter an e-mail address like name@company.co.uk."
        password.error_messages["required"] = "Enter your password."
        password.validators.append(MaxLengthValidator(LONGEST, TOO_LONG))
        password.help_text = ""
        for field in (login, password):
            field.widget.attrs.pop("placeholder", None)


class CodeForm(forms.Form):
    """A code of a second factor."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="Six digits from your authenticator app, or one of your recovery codes.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "class": "app-code"}),
        error_messages={
            "required": "Enter the code.",
            "max_length": "A code has six digits; a recovery code has sixteen letters and digits.",
        },
    )


class AppCodeForm(CodeForm):
    """The first code of a new authenticator app, and what its owner calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "The six digits that the app shows now."
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class MailedCodeForm(CodeForm):
    """The code that was sent by mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = "Eight letters and digits from the message."


class PasswordProofForm(forms.Form):
    """One's own password once more."""

    password = PasswordField(label="Your password", autocomplete="current-password", required="Enter your password.")


class NewPasswordForm(forms.Form):
    """A new password, typed once: it can be shown, and pasted from a password manager."""

    password = PasswordField(
        label="New password",
        autocomplete="new-password",
        required="Enter a new password.",
        help_text="15 to 128 characters of any kind. Three or four words that have nothing to do with each other "
        "make a good one.",
    )

    def __init__(self, *args: Any, user: User | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """One problem at a time: the first says enough to choose a better one."""
        password: str = self.cleaned_data["password"]
        for validator in password_validation.get_default_password_validators():
            validator.validate(password, self.user)
        return password


class EmailField(forms.EmailField):
    """A work e-mail address."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", "E-mail address")
        options.setdefault("max_length", 254)
        super().__init__(
            widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
            error_messages={
                "required": "Enter an e-mail address.",
                "invalid": "Enter an e-mail address like name@company.co.uk.",
                "max_length": "An e-mail address has at most 254 characters.",
            },
            **options,
        )


class LineField(forms.CharField):
    """A line of text for people: no control characters, so that it can make no other line of mail or log."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if any(not character.isprintable() for character in text):
            raise ValidationError("Use letters, digits, spaces and punctuation only, on one line.")
        return text


class ProfileForm(forms.Form):
    """What people may change of themselves."""

    name = LineField(
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": "Enter your name.", "max_length": "A name has at most 150 characters."},
    )
    telephone = LineField(
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"max_length": "A telephone number has at most 30 characters."},
    )

    def clean_telephone(self) -> str:
        telephone: str = self.cleaned_data["telephone"]
        if telephone and not all(character in "+0123456789 ()-" for character in telephone):
            raise ValidationError("Enter a telephone number in digits, such as 0113 496 0000 or +44 113 496 0000.")
        return telephone


class ChangePasswordForm(NewPasswordForm):
    """One's own password, and the one to take its place."""

    current = PasswordField(
        label="Current password", autocomplete="current-password", required="Enter your current password."
    )
    field_order = ("current", "password")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("password") and cleaned.get("password") == cleaned.get("current"):
            self.add_error("password", "This is your current password. Choose another one.")
        return cleaned


class ResetForm(forms.Form):
    """Whose password is not known."""

    email = EmailField()


class ResetCodeForm(NewPasswordForm):
    """A new password by a code that was read over the telephone."""

    email = EmailField()
    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="Twelve letters and digits, as your Local Security Officer read them to you.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false", "class": "app-code"}),
        error_messages={"required": "Enter the code.", "max_length": "A code has twelve letters and digits."},
    )
    field_order = ("email", "code", "password")


class AcceptInvitationForm(NewPasswordForm, ProfileForm):
    """Who somebody is that has no account yet, and their password."""

    field_order = ("name", "telephone", "password")

    def __init__(self, *args: Any, email: str, organisation_words: str, **kwargs: Any) -> None:
        super().__init__(*args, user=None, **kwargs)
        self.email, self.organisation_words = email, organisation_words

    def clean_password(self) -> str:
        """The words of a person without an account are those on this form, and their organisation's."""
        name = f"{self.cleaned_data.get('name', '')} {self.organisation_words}"
        self.user = User(email=self.email, name=name, telephone=self.cleaned_data.get("telephone", ""))
        return super().clean_password()


class FactorNameForm(forms.Form):
    """What its owner calls a second factor."""

    name = LineField(
        label="What you call it",
        max_length=64,
        required=False,
        help_text="Such as “Work telephone” or “Security key”. You may leave it empty.",
        error_messages={"max_length": "A name has at most 64 characters."},
    )


class AddAppForm(FactorNameForm, AppCodeForm):
    """The first code of one more authenticator app, and what its owner calls it."""

    field_order = ("code", "name")
