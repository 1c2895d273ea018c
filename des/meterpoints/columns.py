"""What a meter point can show, in the order of its record page.

Names are those of the published enquiry where it has the field.
"""

from dataclasses import replace

from django.db.models import Case, When

from accounts.permissions import DataItem, MarketRole
from des.enquiries.columns import Column
from des.enquiries.formats import CODE, DATE, FLAG, KWH, MPRN, NUMBER, quantity
from des.meterpoints.querysets import network_name, participant_name
from des.parties.codes import coded, status

KWH_A_DAY = quantity("kWh a day")


def section(name: str, *columns: Column) -> tuple[Column, ...]:
    return tuple(replace(column, section=name) for column in columns)


COLUMNS = (
    *section(
        "Meter point",
        Column("mprn", "MPRN", DataItem.METER_POINT, format=MPRN, listed=True),
        Column("address", "Address", DataItem.ADDRESS, "address_now", listed=True),
        Column("postcode", "Postcode", DataItem.ADDRESS, format=CODE, listed=True),
        Column(
            "meter_point_status",
            "Status",
            DataItem.STATUS,
            "status_now",
            format=status("meter_point_status"),
            listed=True,
        ),
        Column("meter_point_status_from", "Status since", DataItem.STATUS, "status_now_from", format=DATE),
        Column(
            "incoming_meter_point_status",
            "Next status",
            DataItem.STATUS,
            "incoming_status",
            format=status("meter_point_status"),
        ),
        Column(
            "incoming_meter_point_status_from", "Next status from", DataItem.STATUS, "incoming_status_from", format=DATE
        ),
        Column("isolation_status", "Isolation", DataItem.STATUS, format=coded("isolation_status")),
        Column(
            "supply_point_withdrawal_status",
            "Withdrawal",
            DataItem.STATUS,
            "withdrawal_status",
            format=coded("withdrawal_status"),
        ),
        Column(
            "market_sector_code", "Market sector", DataItem.METER_POINT, "market_sector", format=coded("market_sector")
        ),
    ),
    *section(
        "Registration",
        Column("current_supplier", "Supplier", DataItem.SUPPLIER, "supplier_now", format=CODE, listed=True),
        Column(
            "current_supplier_name",
            "Supplier name",
            DataItem.SUPPLIER,
            participant_name(MarketRole.SUPPLIER, "supplier_now"),
        ),
        Column(
            "current_supplier_effective_date", "Supplier since", DataItem.SUPPLIER, "supplier_now_from", format=DATE
        ),
        Column("shipper_short_code", "Shipper", DataItem.SHIPPER, "shipper_now", format=CODE, listed=True),
        Column("shipper_name", "Shipper name", DataItem.SHIPPER, participant_name(MarketRole.SHIPPER, "shipper_now")),
        Column("shipper_effective_date", "Shipper since", DataItem.SHIPPER, "shipper_now_from", format=DATE),
        Column("incoming_supplier", "Incoming supplier", DataItem.OTHER_SUPPLIERS),
        Column(
            "incoming_supplier_effective_from_date",
            "Incoming supplier from",
            DataItem.OTHER_SUPPLIERS,
            "incoming_supplier_from",
            format=DATE,
        ),
        Column("incoming_shipper", "Incoming shipper", DataItem.OTHER_SUPPLIERS),
        Column(
            "incoming_shipper_effective_from_date",
            "Incoming shipper from",
            DataItem.OTHER_SUPPLIERS,
            "incoming_shipper_from",
            format=DATE,
        ),
        Column("previous_supplier_short_code", "Previous supplier", DataItem.OTHER_SUPPLIERS, "previous_supplier"),
        Column(
            "previous_supplier_name",
            "Previous supplier name",
            DataItem.OTHER_SUPPLIERS,
            participant_name(MarketRole.SUPPLIER, "previous_supplier"),
        ),
        Column(
            "confirmation_reference_number",
            "Confirmation reference",
            DataItem.CONFIRMATION,
            "shipper_period__confirmation_reference",
        ),
        Column(
            "confirmation_effective_date",
            "Confirmation effective",
            DataItem.CONFIRMATION,
            "shipper_period__started_on",
            format=DATE,
        ),
        Column(
            "meter_read_batch_frequency", "Read batch frequency", DataItem.CONFIRMATION, format=coded("batch_frequency")
        ),
    ),
    *section(
        "Network and site",
        Column("network_short_code", "Network", DataItem.NETWORK, "network_now", format=CODE, listed=True),
        Column("network_name", "Network name", DataItem.NETWORK, network_name("network_now")),
        Column("network_owner_effective_from_date", "Network since", DataItem.NETWORK, "network_now_from", format=DATE),
        Column("ldz_id", "LDZ", DataItem.NETWORK, "ldz", format=CODE, listed=True),
        Column("exit_zone", "Exit zone", DataItem.NETWORK),
        Column("gt_reference_number", "GT reference", DataItem.NETWORK),
        Column("site_kind", "Kind of site", DataItem.SITE, format=coded("site_kind")),
        Column("class", "Class", DataItem.SITE, "settlement_class", format=coded("settlement_class")),
        Column("daily_metered_indicator", "Daily metered", DataItem.SITE, "daily_metered", format=FLAG),
        Column(
            "small_large_supply_point_indicator",
            "Supply point size",
            DataItem.SITE,
            "supply_point_size",
            format=coded("supply_point_size"),
        ),
        Column("end_user_category_code", "End user category", DataItem.SITE),
        Column("end_user_category_identifier", "End user category identifier", DataItem.SITE),
        Column("mains_pressure_tier", "Mains pressure", DataItem.SITE, "pressure_tier", format=coded("pressure_tier")),
        Column("twin_stream_site_indicator", "Twin-stream site", DataItem.SITE, "twin_stream", format=FLAG),
        Column(
            "interruption_contract_exists", "Interruption contract", DataItem.SITE, "interruption_contract", format=FLAG
        ),
        Column(
            "network_exit_agreement_indicator",
            "Network exit agreement",
            DataItem.SITE,
            "network_exit_agreement",
            format=FLAG,
        ),
        Column(
            "seasonal_large_supply_point_indicator",
            "Seasonal large supply point",
            DataItem.SITE,
            "seasonal_large_supply_point",
            format=FLAG,
        ),
        Column("installation_number", "Installation number", DataItem.SITE),
        Column(
            "priority_consumers_indicator",
            "Priority consumer",
            DataItem.PRIORITY_CONSUMER,
            "priority_consumer",
            format=coded("priority_consumer"),
        ),
    ),
    *section(
        "UK Link address",
        Column("sub_building_name", "Sub-building", DataItem.ADDRESS, "uk_link__sub_building_name"),
        Column("house_name", "House name", DataItem.ADDRESS, "uk_link__house_name"),
        Column("house_no", "House number", DataItem.ADDRESS, "uk_link__house_no"),
        Column("delivery_point_alias", "Delivery point alias", DataItem.ADDRESS, "uk_link__delivery_point_alias"),
        Column("plot_no", "Plot", DataItem.ADDRESS, "uk_link__plot_no"),
        Column("po_box_no", "PO box", DataItem.ADDRESS, "uk_link__po_box_no"),
        Column("dependent_street", "Dependent street", DataItem.ADDRESS, "uk_link__dependent_street"),
        Column("street", "Street", DataItem.ADDRESS, "uk_link__street"),
        Column(
            "double_dependent_local",
            "Double dependent locality",
            DataItem.ADDRESS,
            "uk_link__double_dependent_locality",
        ),
        Column("dependent_local", "Dependent locality", DataItem.ADDRESS, "uk_link__dependent_locality"),
        Column("town", "Post town", DataItem.ADDRESS, "uk_link__town"),
        Column("county", "County", DataItem.ADDRESS, "uk_link__county"),
        Column("country", "Country", DataItem.ADDRESS, "uk_link__country"),
        Column("address_id", "Address id", DataItem.ADDRESS, "uk_link__address_id"),
    ),
    *section(
        "REL address",
        Column("uprn", "UPRN", DataItem.REL),
        Column("rel_display", "REL address", DataItem.REL, "rel_address__display"),
        Column("rel_postcode", "REL postcode", DataItem.REL, "rel_address__postcode"),
        Column("rel_match_score", "Match score", DataItem.REL, format=quantity("out of 100")),
    ),
    *section(
        "Meter",
        Column("msn", "Meter serial number", DataItem.METER, "msn_now", format=CODE, listed=True),
        Column("incoming_msn", "Next meter", DataItem.METER, format=CODE),
        # Known to whom the day of installation is.
        Column("incoming_msn_from", "Next meter from", DataItem.METER_DETAIL, format=DATE),
        Column("meter_device_status", "Meter status", DataItem.METER, "meter__status", format=coded("meter_status")),
        Column("meter_type", "Type", DataItem.METER, "meter__meter_type", format=coded("meter_type")),
        Column("meter_mechanism", "Mechanism", DataItem.METER, "meter__mechanism", format=coded("meter_mechanism")),
        Column("meter_number_of_dials", "Dials", DataItem.METER, "meter__dials", format=NUMBER),
        Column("meter_imperial_indicator", "Imperial", DataItem.METER, "meter__imperial", format=FLAG),
        Column("meter_capacity", "Capacity", DataItem.METER, "meter__capacity", format=quantity(places=2)),
        Column("meter_link_code", "Link", DataItem.METER, "meter__link", format=coded("meter_link")),
        Column("gas_act_owner", "Gas Act owner", DataItem.METER, "meter__gas_act_owner", format=coded("gas_act_owner")),
        Column("meter_manufacturer", "Manufacturer", DataItem.METER_DETAIL, "meter__manufacturer"),
        Column("meter_model", "Model", DataItem.METER_DETAIL, "meter__model"),
        Column("meter_year_of_manufacture", "Year of manufacture", DataItem.METER_DETAIL, "meter__year_of_manufacture"),
        Column("meter_installation_date", "Installed", DataItem.METER_DETAIL, "meter__started_on", format=DATE),
        Column("meter_units", "Reading factor", DataItem.METER_DETAIL, "meter__reading_factor", format=NUMBER),
        Column("meter_location", "Location", DataItem.METER_DETAIL, "meter__location", format=coded("meter_location")),
        Column(
            "correction_factor",
            "Correction factor",
            DataItem.METER_DETAIL,
            "meter__correction_factor",
            format=quantity(places=6),
        ),
        Column("mam_short_code", "Meter asset manager", DataItem.METER_AGENTS, "mam_now", format=CODE),
        Column("mam_name", "MAM name", DataItem.METER_AGENTS, participant_name(MarketRole.MAM, "mam_now")),
        Column("meter_asset_manager_effective_date", "MAM since", DataItem.METER_DETAIL, "mam_now_from", format=DATE),
        Column("map_id", "Meter asset provider", DataItem.METER_AGENTS, "map_now", format=CODE),
        Column("map_name", "MAP name", DataItem.METER_AGENTS, participant_name(MarketRole.MAP, "map_now")),
        Column("current_map_effective_from_date", "MAP since", DataItem.METER_AGENTS, "map_now_from", format=DATE),
        Column("incoming_map", "Incoming MAP", DataItem.METER_AGENTS, format=CODE),
        Column("incoming_map_from", "Incoming MAP from", DataItem.METER_AGENTS, format=DATE),
    ),
    *section(
        "Converter",
        Column(
            "convertor_indicator",
            "Converter",
            DataItem.METER,
            Case(When(converter__started_on__isnull=False, then=True), default=False),
            format=FLAG,
        ),
        Column(
            "convertor_serial_number",
            "Converter serial number",
            DataItem.METER,
            "converter__serial_number",
            format=CODE,
        ),
        Column("convertor_model", "Converter model", DataItem.METER_DETAIL, "converter__model"),
        Column("convertor_manufacturer", "Converter manufacturer", DataItem.METER_DETAIL, "converter__manufacturer"),
        Column(
            "convertor_year_of_manufacture",
            "Converter year of manufacture",
            DataItem.METER_DETAIL,
            "converter__year_of_manufacture",
        ),
        Column(
            "convertor_installation_date",
            "Converter installed",
            DataItem.METER_DETAIL,
            "converter__started_on",
            format=DATE,
        ),
    ),
    *section(
        "Quantities",
        Column("annual_quantity", "Annual quantity (AQ)", DataItem.QUANTITY, "quantity__annual_quantity", format=KWH),
        Column(
            "offtake_quantity",
            "Offtake quantity (SOQ)",
            DataItem.QUANTITY,
            "quantity__offtake_quantity",
            format=KWH_A_DAY,
        ),
        Column(
            "supply_meter_point_shq",
            "Hourly quantity (SHQ)",
            DataItem.QUANTITY,
            "quantity__hourly_quantity",
            format=quantity("kWh an hour"),
        ),
        Column(
            "original_supply_meter_point_annual_quantity",
            "Original AQ",
            DataItem.QUANTITY,
            "quantity__original_annual_quantity",
            format=KWH,
        ),
        Column(
            "supply_meter_point_current_year_minimum_annual_quantity",
            "Minimum AQ this year",
            DataItem.CONFIRMATION,
            "quantity__minimum_annual_quantity",
            format=KWH,
        ),
        Column(
            "formula_year_annual_quantity",
            "Formula year AQ",
            DataItem.FORMULA_YEAR,
            "quantity__formula_year_annual_quantity",
            format=KWH,
        ),
        Column(
            "formula_year_offtake_quantity",
            "Formula year SOQ",
            DataItem.FORMULA_YEAR,
            "quantity__formula_year_offtake_quantity",
            format=KWH_A_DAY,
        ),
        Column(
            "smp_prospective_formula_year_aq",
            "Prospective AQ",
            DataItem.FORMULA_YEAR,
            "quantity__prospective_annual_quantity",
            format=KWH,
        ),
        Column(
            "smp_prospective_formula_year_soq",
            "Prospective SOQ",
            DataItem.FORMULA_YEAR,
            "quantity__prospective_offtake_quantity",
            format=KWH_A_DAY,
        ),
        Column(
            "smp_prospective_formula_year_effective_date",
            "Prospective from",
            DataItem.FORMULA_YEAR,
            "quantity__prospective_from",
            format=DATE,
        ),
    ),
    *section(
        "Latest read",
        Column("latest_meter_read_date", "Read on", DataItem.READ, "latest_read__read_on", format=DATE),
        Column(
            "latest_meter_read_type", "Kind of read", DataItem.READ, "latest_read__read_type", format=coded("read_type")
        ),
        Column("latest_meter_read_value", "Reading", DataItem.READ, "latest_read__value", format=NUMBER),
    ),
    *section(
        "Smart and automated reading",
        Column("dcc_service_flag", "DCC service", DataItem.SMART, format=coded("dcc_service_flag")),
        Column("dcc_service_flag_efd", "DCC service since", DataItem.SMART, "dcc_service_flag_from", format=DATE),
        Column("smso_id", "Smart metering system operator", DataItem.SMART, "smart_operator"),
        Column("sms_operating_entity_efd", "Operator since", DataItem.SMART, "smart_operator_from", format=DATE),
        Column(
            "first_smets_installation_date",
            "First SMETS meter installed",
            DataItem.SMART,
            "first_smart_installed_on",
            format=DATE,
        ),
        Column("installing_supplier_id", "Installing supplier", DataItem.SMART, "installing_supplier"),
        Column("ihd_install_status", "In-home display", DataItem.SMART, format=coded("ihd_install_status")),
        Column("amr_indicator", "AMR fitted", DataItem.SMART, "amr_fitted", format=FLAG),
        Column("amr_sp", "AMR service provider", DataItem.SMART, "amr_service_provider"),
    ),
    *section(
        "Independent transporter",
        Column("csep_id", "CSEP", DataItem.SITE),
        Column("csep_max_annual_quantity", "CSEP maximum AQ", DataItem.SITE, format=KWH),
        Column(
            "csep_supply_point_offtake_quantity",
            "CSEP offtake quantity",
            DataItem.SITE,
            "csep_offtake_quantity",
            format=KWH_A_DAY,
        ),
        Column(
            "igt_transportation_charge_rate",
            "IGT charge rate",
            DataItem.SITE,
            "igt_charge_rate",
            format=quantity("p a day", places=4),
        ),
        Column(
            "igt_transportation_charge_rate_type",
            "IGT charge rate type",
            DataItem.SITE,
            "igt_charge_rate_type",
            format=coded("igt_charge_rate_type"),
        ),
        Column(
            "igt_charging_methodology", "IGT charging method", DataItem.SITE, format=coded("igt_charging_methodology")
        ),
    ),
)
