"""Alerts sent out of their outbox, each channel by itself."""

from collections.abc import Iterable

from analytics.alert.sending import send_due
from analytics.jobs import Done, Kind, Moment, Wait
from store.alert_messages import find_due
from store.inputs import Connection


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Give the channels for which something is due."""
    return [Wait(str(channel_id)) for channel_id in find_due(connection, moment.now)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Send what is due for one of them."""
    return Done(send_due(connection, int(part), moment.now, moment.carrier))


KIND = Kind("alert_messages", 97, find, run, is_pressing=True)
