"""A Matrix room: `PUT /_matrix/client/v3/rooms/{room}/send/m.room.message/{transaction}` (client-server API 1.11).

The transaction is the message's number: a message that is sent again is shown once.
"""

from urllib.parse import quote

import msgspec

from analytics.alert.carrier import Carrier
from analytics.alert.letter import Letter
from analytics.webhook.sending import JSON, Request, call
from store.alert_messages import Channel


def send(letter: Letter, channel: Channel, carrier: Carrier) -> int:
    """Write into the room, and give the HTTP status."""
    server, room = channel.address.split("/!", 1)
    path = f"/_matrix/client/v3/rooms/{quote('!' + room, safe='')}/send/m.room.message/vigie-{letter.message_id}"
    body = msgspec.json.encode({"msgtype": "m.text", "body": f"{letter.subject}\n\n{letter.text}"})
    return call(Request("PUT", server + path, body, {**JSON, "Authorization": f"Bearer {channel.credential}"}))
