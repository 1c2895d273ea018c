"""Forms about organisations, their mail domains and market roles."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import LineField
from accounts.models import OrganisationGroup
from accounts.operations.organisations import domain_of
from accounts.operator_forms.fields import DayField
from accounts.permissions import MarketRole

COMPANY_NUMBER = re.compile(r"[A-Z0-9]{8}")
SHORT_CODE = re.compile(r"[A-Z0-9]{3,4}")


class OrganisationForm(forms.Form):
    name = LineField(
        max_length=150,
        error_messages={"required": "Enter the name.", "max_length": "A name has at most 150 characters."},
    )
    company_number = forms.CharField(
        required=False,
        max_length=8,
        help_text="At Companies House: eight digits, or two letters and six digits.",
        error_messages={"max_length": "A company number has eight characters."},
    )

    def clean_company_number(self) -> str:
        number: str = self.cleaned_data["company_number"].upper()
        number = number.zfill(8) if number.isdecimal() else number
        if number and not COMPANY_NUMBER.fullmatch(number):  # capitals may be more: ß is SS
            raise ValidationError("A company number is eight digits, or two letters and six digits.")
        return number


class OrganisationChangeForm(OrganisationForm):
    group = forms.ModelChoiceField(
        queryset=OrganisationGroup.objects.order_by("name"),
        required=False,
        empty_label="None",
        label="Group of companies",
        help_text="A group Local Security Officer of one of the group looks after the people of all.",
        error_messages={"invalid_choice": "Choose a group from the list."},
    )
    requires_second_factor = forms.BooleanField(
        required=False,
        label="Everybody must have a second factor",
        help_text="From their next page on, people without one must make it before anything else works.",
    )


class GroupForm(forms.Form):
    name = LineField(
        label="Name of a new group",
        max_length=150,
        error_messages={"required": "Enter the name of the group.", "max_length": "A name has at most 150 characters."},
    )


class DomainForm(forms.Form):
    domain = LineField(
        label="Mail domain",
        max_length=253,
        help_text="What stands behind the @, such as company.co.uk. Subdomains are listed on their own.",
        error_messages={"required": "Enter a domain.", "max_length": "A domain has at most 253 characters."},
    )

    def clean_domain(self) -> str:
        return domain_of(self.cleaned_data["domain"])


class MarketRoleForm(forms.Form):
    market_role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in MarketRole if role != MarketRole.OPERATOR],
        error_messages={"required": "Choose the market role.", "invalid_choice": "Choose a market role from the list."},
    )
    short_code = LineField(
        max_length=4,
        help_text="Three or four capital letters or digits.",
        error_messages={
            "required": "Enter the short code.",
            "max_length": "A short code has three or four characters.",
        },
    )
    started_on = DayField(label="From", required="Enter the first day.")
    ended_on = DayField(label="Until before", help_text="The first day on which it no longer holds; empty if open.")

    def clean_short_code(self) -> str:
        code: str = self.cleaned_data["short_code"].upper()
        if not SHORT_CODE.fullmatch(code):
            raise ValidationError("A short code is three or four capital letters or digits.")
        return code


class EndRoleForm(forms.Form):
    ended_on = DayField(
        label="Until before", required="Enter the day.", help_text="The first day on which it no longer holds."
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_ended_on(self) -> date:
        day: date = self.cleaned_data["ended_on"]
        if day < self.today:
            raise ValidationError("Choose today or a later day: what has been cannot be changed.")
        return day
