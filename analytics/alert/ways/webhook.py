"""A program's address: what happened as JSON, signed as webhooks of work orders are."""

import time

import msgspec

from analytics.alert.carrier import Carrier
from analytics.alert.letter import Letter
from analytics.webhook.sending import JSON, Request, call
from sensors.webhook import DELIVERY, SIGNATURE, sign
from store.alert_messages import Channel


def send(letter: Letter, channel: Channel, carrier: Carrier) -> int:
    """Post it, and give the HTTP status."""
    body = msgspec.json.encode(letter.body)
    headers = {
        **JSON,
        DELIVERY: str(letter.message_id),
        SIGNATURE: sign(channel.secret, int(time.time()), body),
    }
    return call(Request("POST", channel.address, body, headers))
