"""A gateway for short messages, as its provider wants to be called: `{text}` in the address, or in the body posted."""

import json
from urllib.parse import quote

from analytics.alert.carrier import Carrier
from analytics.alert.letter import Letter
from analytics.webhook.sending import JSON, Request, call
from store.alert_messages import Channel

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
LONGEST = 459  # three messages of 153 characters in one; the link comes last and is kept whole


def send(letter: Letter, channel: Channel, carrier: Carrier) -> int:
    """Call the gateway, and give the HTTP status."""
    text = shorten(letter.short, letter.link)
    headers = {"Authorization": f"Bearer {channel.credential}"} if channel.credential else {}
    url = channel.address.replace("{text}", quote(text, safe=""))
    if not channel.body:
        return call(Request("GET", url, None, headers))
    is_json = channel.body.lstrip().startswith(("{", "["))
    # In JSON the text stands between quotes already.
    filled = channel.body.replace("{text}", json.dumps(text)[1:-1] if is_json else quote(text, safe=""))
    return call(Request("POST", url, filled.encode(), {**headers, **(JSON if is_json else FORM)}))


def shorten(text: str, link: str) -> str:
    """Cut what stands before the link where all of it is too long."""
    if len(text) <= LONGEST:
        return text
    head = text.removesuffix(link)
    return f"{head[: LONGEST - len(link) - 2].rstrip()}… {link}"
