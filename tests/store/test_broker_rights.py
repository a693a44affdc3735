"""Who may publish for which devices, read from the registry; the broker's list of rights written from it."""

import psycopg
import pytest

from deploy.broker_rights import write_rights
from store.broker_rights import Sender, list_senders
from store.registry import DeviceEntry, TerritoryEntry, register


@pytest.mark.services
def test_senders_are_gateways_with_their_devices_and_devices_alone(database_url: str) -> None:
    """What is retired or waits for acceptance has no rights, nor does a gateway that is."""
    with psycopg.connect(database_url) as connection:
        register(
            connection,
            [TerritoryEntry("north", "North"), TerritoryEntry("south", "South")],
            devices=[
                DeviceEntry("north", "gw"),
                DeviceEntry("north", "lamp-1", gateway="gw"),
                DeviceEntry("north", "lamp-2", gateway="gw"),
                DeviceEntry("north", "lone"),
                DeviceEntry("south", "gw"),
                DeviceEntry("south", "old"),
                DeviceEntry("south", "new"),
            ],
        )
        connection.execute("update devices set state = 'retired' where external_id in ('lamp-2', 'old')")
        connection.execute("update devices set state = 'pending' where external_id = 'new'")
        assert list_senders(connection) == [
            Sender("north", "gw", ("gw", "lamp-1")),
            Sender("north", "lone", ("lone",)),
            Sender("south", "gw", ("gw",)),
        ]


def test_rights_name_each_topic_in_full() -> None:
    text = write_rights([Sender("north", "gw", ("lamp-1",))])
    assert text.endswith(
        "user north.gw\n"
        "topic write vigie/north/gw/up\n"
        "topic write vigie/north/lamp-1/up\n"
        "topic read vigie/north/gw/receipts\n"
        "topic read vigie/north/lamp-1/receipts\n"
    )


@pytest.mark.parametrize("name", ["#", "a/b", "+", "a\ntopic readwrite #", "a b"])
def test_name_that_would_give_more_rights_gives_none(name: str) -> None:
    for sender in (Sender("north", "gw", (name,)), Sender("north", name, ("lamp-1",))):
        assert write_rights([sender]) == write_rights([])
