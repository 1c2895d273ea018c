"""What each portal role includes."""

import pytest

from accounts.permissions import LSO_ROLES, OPERATOR_ROLES, PERMISSIONS, Permission, PortalRole


def test_every_portal_role_has_its_permissions():
    assert set(PERMISSIONS) == set(PortalRole)


@pytest.mark.parametrize("role", [*LSO_ROLES, *(OPERATOR_ROLES - {PortalRole.SUPPORT})])
def test_who_manages_people_sees_no_register_by_that(role):
    assert not {Permission.ENQUIRE, Permission.EXPORT} & PERMISSIONS[role]


def test_only_an_exporter_may_export():
    assert [role for role in PortalRole if Permission.EXPORT in PERMISSIONS[role]] == [PortalRole.EXPORTER]
