"""A channel of Microsoft Teams, by the address of a workflow: an adaptive card (version 1.4)."""

import msgspec

from analytics.alert.carrier import Carrier
from analytics.alert.letter import WORDS, Letter
from analytics.webhook.sending import JSON, Request, call
from store.alert_messages import Channel

COLOURS = {"info": "default", "warning": "warning", "urgent": "attention", "critical": "attention"}


def send(letter: Letter, channel: Channel, carrier: Carrier) -> int:
    """Post the card, and give the HTTP status."""
    title = {"type": "TextBlock", "size": "large", "wrap": True, "text": letter.subject}
    link = {"type": "Action.OpenUrl", "title": WORDS[channel.language]["link"].rstrip(" :"), "url": letter.link}
    card = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {**title, "color": COLOURS[letter.severity]},
            *({"type": "TextBlock", "wrap": True, "text": line} for line in letter.text.splitlines()[:-1] if line),
        ],
        "actions": [link],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
    body = msgspec.json.encode({"type": "message", "attachments": [attachment]})
    return call(Request("POST", channel.address, body, JSON))
