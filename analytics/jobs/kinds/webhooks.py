"""Changes of work orders sent to webhooks, each webhook by itself."""

from collections.abc import Iterable

from analytics.jobs import Done, Kind, Moment, Wait
from analytics.webhook.job import send_due
from store.inputs import Connection
from store.webhooks import find_due


def find(connection: Connection, moment: Moment) -> Iterable[Wait]:
    """Give the webhooks for which something is due."""
    return [Wait(str(webhook_id)) for webhook_id in find_due(connection, moment.now)]


def run(connection: Connection, moment: Moment, part: str) -> Done:
    """Send what is due for one of them."""
    return Done(send_due(connection, int(part), moment.now))


KIND = Kind("webhooks", 97, find, run)
