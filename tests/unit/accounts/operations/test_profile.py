"""What people change of themselves."""

from accounts.models import SecurityEvent, User
from accounts.operations.profile import change
from accounts.origin import SERVICE


def test_a_change_is_written_down_with_what_it_was_before(reader):
    assert change(user=reader, name="Robin Reader", telephone="0113 496 0000", origin=SERVICE)

    held = User.objects.get(pk=reader.pk)
    assert (held.name, held.telephone) == ("Robin Reader", "0113 496 0000")
    event = SecurityEvent.objects.get(event="account:profile:changed")
    assert event.detail == "Name: Reader → Robin Reader; Telephone: none → 0113 496 0000"
    assert (event.person_id, event.by_id) == (reader.pk, reader.pk)


def test_nothing_changed_is_nothing_written(reader):
    assert not change(user=reader, name=reader.name, telephone=reader.telephone, origin=SERVICE)
    assert not SecurityEvent.objects.filter(event="account:profile:changed").exists()
