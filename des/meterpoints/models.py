"""The gas register: meter points, and the dated periods of their addresses, meters, registrations and quantities.

A period holds from `started_on` until before `ended_on`; an open one has no `ended_on`. Fields are those of the UK Link
record formats and of the published enquiry APIs; `docs/glossary.md` says what the terms mean. Quantities are kWh, dates
are gas days.

Periods refer to their meter point without a foreign key in the database: loads are sets of many millions of rows,
checked by rules before they are merged, and a trigger per row would double their time.
"""

from functools import partial
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from accounts.permissions import MarketRole
from des.addresses.models import Place, RELAddress
from des.meterpoints.querysets import CURRENT_AND_NEXT, MeterPointQuerySet

# A raw industry code or text, as loaded, empty where there is none; the meaning of a code is in `parties.Code`.
Text = partial(models.CharField, db_collation="C", blank=True, default="")
# Django's mypy plugin cannot tell that a partial is nullable.
OptionalText = partial(models.CharField, db_collation="C", blank=True, null=True)  # type: ignore[misc]
Day = partial(models.DateField, null=True, blank=True)  # type: ignore[misc]
Energy = partial(models.BigIntegerField, null=True, blank=True)  # type: ignore[misc]
PeriodOf = partial(
    models.ForeignKey, db_column="mprn", on_delete=models.DO_NOTHING, db_constraint=False, db_index=False
)


def next_is_dated(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(**{f"next_{name}__isnull": True, f"next_{name}_from__isnull": True})
        | Q(**{f"next_{name}__isnull": False, f"next_{name}_from__isnull": False}),
        name=f"meter_point_next_{name}_is_dated",
        violation_error_message="The next value must come with the date from which it holds.",
    )


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(ended_on__isnull=True) | Q(ended_on__gt=F("started_on")),
        name=f"{name}_ends_after_it_starts",
        violation_error_message="A period must end after it starts.",
    )


class MeterPoint(models.Model):
    """One supply meter point: the row that every list, mask and scope reads.

    Beside the dated periods it holds the current and the next supplier, shipper, network, MAM, MAP, status, MSN and
    one-line address with their dates, kept from the periods by whoever writes those. A reader compares dates, so
    nothing has to run at midnight, and a list is one index probe and one row.
    """

    mprn = models.BigIntegerField(primary_key=True, verbose_name="MPRN")

    # What is searched. `postcode` has one space; `address_order` sorts a postcode's addresses as people count.
    postcode = Text(max_length=8)
    street = Text(max_length=100)
    house_no = Text(max_length=10)
    address_order = Text(max_length=60)
    uprn = models.BigIntegerField(null=True, blank=True, verbose_name="UPRN")
    rel_match_score = models.PositiveSmallIntegerField(null=True, blank=True, help_text="0 to 100.")

    # What holds now, from when, and what is known to follow.
    address = Text(max_length=250, help_text="One line, without the postcode, in capitals.")
    address_from = Day()
    next_address = OptionalText(max_length=250)
    next_address_from = Day()
    status = Text(max_length=2, help_text="Code set meter_point_status.")
    status_from = Day()
    next_status = OptionalText(max_length=2)
    next_status_from = Day()
    supplier = Text(max_length=4, help_text="Short code; empty where unregistered.")
    supplier_from = Day()
    next_supplier = OptionalText(max_length=4)
    next_supplier_from = Day()
    shipper = Text(max_length=4)
    shipper_from = Day()
    next_shipper = OptionalText(max_length=4)
    next_shipper_from = Day()
    network = Text(max_length=4, help_text="Short code of the gas transporter, or of the IGT.")
    network_from = Day()
    next_network = OptionalText(max_length=4)
    next_network_from = Day()
    mam = Text(max_length=4)
    mam_from = Day()
    next_mam = OptionalText(max_length=4)
    next_mam_from = Day()
    map = Text(max_length=4)
    map_from = Day()
    next_map = OptionalText(max_length=4)
    next_map_from = Day()
    msn = Text(max_length=14, verbose_name="MSN")
    msn_from = Day()
    next_msn = OptionalText(max_length=14)
    next_msn_from = Day()

    # Where it is on the network, and what kind of site it is.
    ldz = Text(max_length=2, verbose_name="LDZ")
    exit_zone = Text(max_length=3)
    site_kind = Text(max_length=6, help_text="Code set site_kind: STD, NTS, LPG, SHARED or EXEMPT.")
    market_sector = Text(max_length=1, help_text="Code set market_sector.")
    settlement_class = Text(max_length=1, help_text="1 to 4.")
    daily_metered = models.BooleanField(default=False)
    supply_point_size = Text(max_length=3, help_text="SSP, or LSP above 73,200 kWh a year.")
    end_user_category_code = Text(max_length=12, help_text="For example EA:E1903B.")
    end_user_category_identifier = Text(max_length=10)
    pressure_tier = Text(max_length=1, help_text="Code set pressure_tier.")
    withdrawal_status = Text(max_length=4, help_text="Code set withdrawal_status.")
    isolation_status = Text(max_length=4, help_text="Code set isolation_status.")
    twin_stream = models.BooleanField(default=False)
    interruption_contract = models.BooleanField(default=False)
    network_exit_agreement = models.BooleanField(default=False)
    seasonal_large_supply_point = models.BooleanField(default=False)
    priority_consumer = Text(max_length=1, help_text="Code set priority_consumer: A, B, C or none.")
    meter_read_batch_frequency = Text(max_length=1, help_text="Code set batch_frequency.")
    installation_number = Text(max_length=20)
    gt_reference_number = Text(max_length=20)

    # Independent gas transporters.
    csep_id = Text(max_length=8, verbose_name="CSEP")
    csep_max_annual_quantity = Energy()
    csep_offtake_quantity = Energy()
    igt_charge_rate = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)
    igt_charge_rate_type = Text(max_length=4)
    igt_charging_methodology = Text(max_length=4)

    # Smart and automated reading.
    amr_fitted = models.BooleanField(default=False)
    amr_service_provider = Text(max_length=3)
    dcc_service_flag = Text(max_length=1, help_text="Code set dcc_service_flag.")
    dcc_service_flag_from = Day()
    smart_operator = Text(max_length=3, help_text="Short code of the smart metering system operator.")
    smart_operator_from = Day()
    first_smart_installed_on = Day()
    installing_supplier = Text(max_length=4)
    ihd_install_status = Text(max_length=1, help_text="Code set ihd_install_status.")

    place = models.ForeignObject(
        Place,
        on_delete=models.DO_NOTHING,
        from_fields=["postcode", "street"],
        to_fields=["postcode", "street"],
        related_name="meter_points",
    )
    rel_address = models.ForeignObject(
        RELAddress,
        on_delete=models.DO_NOTHING,
        from_fields=["uprn"],
        to_fields=["uprn"],
        related_name="meter_points",
        null=True,
    )

    objects: ClassVar = MeterPointQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["postcode", "address_order", "mprn"], name="meter_point_postcode"),
            models.Index(fields=["msn"], name="meter_point_msn"),
            models.Index(fields=["uprn"], name="meter_point_uprn"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(mprn__gte=1, mprn__lte=9_999_999_999),
                name="meter_point_mprn_has_at_most_ten_digits",
                violation_error_message="An MPRN has at most 10 digits.",
            ),
            models.CheckConstraint(
                condition=Q(postcode="") | Q(postcode__regex=r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$"),
                name="meter_point_postcode_has_its_shape",
                violation_error_message="A postcode is an outcode, one space and an incode, in capitals.",
            ),
            models.CheckConstraint(
                condition=Q(rel_match_score__isnull=True) | Q(rel_match_score__lte=100),
                name="meter_point_rel_match_score_is_at_most_100",
            ),
            *(next_is_dated(name) for name in CURRENT_AND_NEXT),
        ]

    def __str__(self) -> str:
        return str(self.mprn)


class SupplyPointAddress(models.Model):
    """The UK Link address of a meter point in one period, in PAF's parts."""

    meter_point = PeriodOf(MeterPoint, related_name="addresses")
    started_on = models.DateField()
    ended_on = Day()
    address_id = models.BigIntegerField(null=True, blank=True)
    po_box_no = Text(max_length=10)
    sub_building_name = Text(max_length=50)
    house_name = Text(max_length=50)
    house_no = Text(max_length=10)
    delivery_point_alias = Text(max_length=50)
    dependent_street = Text(max_length=40)
    street = Text(max_length=100)
    double_dependent_locality = Text(max_length=40)
    dependent_locality = Text(max_length=40)
    town = Text(max_length=40)
    county = Text(max_length=40)
    country = Text(max_length=2)
    postcode = Text(max_length=8)
    plot_no = Text(max_length=20)
    site_name = Text(max_length=50)

    pk = models.CompositePrimaryKey("meter_point_id", "started_on")

    class Meta:
        constraints = [ends_after_it_starts("supply_point_address")]

    def __str__(self) -> str:
        return f"{self.house_no or self.house_name} {self.street}, {self.postcode}"


class Registration(models.Model):
    """Which market participant held one role at a meter point in one period."""

    meter_point = PeriodOf(MeterPoint, related_name="registrations")
    market_role = models.CharField(max_length=10, choices=MarketRole, db_collation="C")
    short_code = models.CharField(max_length=4, db_collation="C")
    started_on = models.DateField()
    ended_on = Day()
    confirmation_reference = models.BigIntegerField(null=True, blank=True, help_text="Of a shipper: up to 10 digits.")

    pk = models.CompositePrimaryKey("meter_point_id", "market_role", "started_on")

    class Meta:
        constraints = [ends_after_it_starts("registration")]

    def __str__(self) -> str:
        return f"{self.short_code} {self.market_role} from {self.started_on}"


class Meter(models.Model):
    """A meter at a meter point, from its installation until before its removal."""

    meter_point = PeriodOf(MeterPoint, related_name="meters")
    started_on = models.DateField(help_text="The day it was installed.")
    ended_on = Day(help_text="The day it was removed.")
    msn = Text(max_length=14, verbose_name="MSN")
    status = Text(max_length=2, help_text="Code set meter_status.")
    meter_type = Text(max_length=1, help_text="Code set meter_type.")
    mechanism = Text(max_length=2, help_text="Code set meter_mechanism.")
    manufacturer = Text(max_length=3)
    model = Text(max_length=10)
    year_of_manufacture = models.PositiveSmallIntegerField(null=True, blank=True)
    imperial = models.BooleanField(default=False)
    dials = models.PositiveSmallIntegerField(null=True, blank=True)
    reading_factor = models.PositiveIntegerField(null=True, blank=True, help_text="Units: 1, 10, 100 and so on.")
    capacity = models.DecimalField(
        max_digits=9, decimal_places=2, null=True, blank=True, help_text="Largest flow, m³ or ft³ an hour."
    )
    location = Text(max_length=2, help_text="Code set meter_location.")
    link = Text(max_length=1, help_text="Code set meter_link.")
    gas_act_owner = Text(max_length=1, help_text="Code set gas_act_owner.")
    correction_factor = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    dre_serial_number = Text(max_length=14)
    dre_unique_number = Text(max_length=14)

    pk = models.CompositePrimaryKey("meter_point_id", "started_on")

    class Meta:
        indexes = [models.Index(fields=["msn"], name="meter_msn")]
        constraints = [ends_after_it_starts("meter")]

    def __str__(self) -> str:
        return self.msn


class Converter(models.Model):
    """A volume converter at a meter point, from its installation until before its removal."""

    meter_point = PeriodOf(MeterPoint, related_name="converters")
    started_on = models.DateField()
    ended_on = Day()
    serial_number = Text(max_length=14)
    manufacturer = Text(max_length=3)
    model = Text(max_length=10)
    year_of_manufacture = models.PositiveSmallIntegerField(null=True, blank=True)
    corrected_dials = models.PositiveSmallIntegerField(null=True, blank=True)
    uncorrected_dials = models.PositiveSmallIntegerField(null=True, blank=True)

    pk = models.CompositePrimaryKey("meter_point_id", "started_on")

    class Meta:
        constraints = [ends_after_it_starts("converter")]

    def __str__(self) -> str:
        return self.serial_number


class Quantity(models.Model):
    """The annual and offtake quantities of a meter point in one period, in kWh."""

    meter_point = PeriodOf(MeterPoint, related_name="quantities")
    started_on = models.DateField()
    ended_on = Day()
    annual_quantity = Energy(help_text="Rolling AQ.")
    offtake_quantity = Energy(help_text="Rolling SOQ, kWh a day.")
    hourly_quantity = Energy(help_text="SHQ, kWh an hour.")
    formula_year_annual_quantity = Energy()
    formula_year_offtake_quantity = Energy()
    prospective_annual_quantity = Energy()
    prospective_offtake_quantity = Energy()
    prospective_from = Day()
    original_annual_quantity = Energy()
    minimum_annual_quantity = Energy(help_text="The least AQ of the current year.")

    pk = models.CompositePrimaryKey("meter_point_id", "started_on")

    class Meta:
        constraints = [ends_after_it_starts("quantity")]

    def __str__(self) -> str:
        return f"{self.annual_quantity} kWh from {self.started_on}"


class LatestRead(models.Model):
    """The last meter reading known for a meter point; the published interface has no series."""

    meter_point = models.OneToOneField(
        MeterPoint,
        primary_key=True,
        db_column="mprn",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        related_name="latest_read",
    )
    read_on = models.DateField()
    read_type = Text(max_length=1, help_text="Code set read_type.")
    value = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.value} on {self.read_on}"
