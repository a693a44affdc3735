"""The outbox of one channel, emptied: what is due is sent as things stand, the worst first."""

import http.client
import time
from datetime import UTC, datetime

from analytics.alert.carrier import Carrier
from analytics.alert.letter import Letter, token_of, write_letter
from analytics.alert.ways import find_way
from analytics.webhook.job import N_AT_ONCE, WebhookReport
from store.alert_messages import Channel, forget_old, keep_token, note_attempt, read_channel, read_due
from store.inputs import Connection
from store.webhooks import Attempt


def send_due(connection: Connection, channel_id: int, now: datetime, carrier: Carrier) -> WebhookReport:
    """Send what is due; after the first that nobody answers the others of this channel are left for the next time.

    What was sent when the program is killed before it wrote so is sent again, under the same number and with the same
    link.
    """
    forget_old(connection, now)
    report = WebhookReport()
    channel = read_channel(connection, channel_id)
    if channel is None:
        return report
    for message in read_due(connection, channel_id, now, N_AT_ONCE):
        token = token_of(channel.secret, message.message_id)
        keep_token(connection, message.message_id, token)
        attempt = send(write_letter(message, token, carrier.page_url, channel.language), channel, carrier)
        note_attempt(connection, message, attempt)
        report += WebhookReport(int(attempt.is_taken), int(not attempt.is_taken))
        if attempt.status is None:
            break
    return report


def send(letter: Letter, channel: Channel, carrier: Carrier) -> Attempt:
    """Send, and say what came of it; whatever goes wrong on the way is an attempt that failed."""
    at = datetime.now(UTC)
    began = time.monotonic()
    try:
        status = find_way(channel.way).send(letter, channel, carrier)
        return Attempt(at, time.monotonic() - began, status)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"[:200]
        return Attempt(at, time.monotonic() - began, None, reason.replace("\x00", ""))
