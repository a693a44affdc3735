"""The outbox of one channel, emptied: what is due is sent as things stand, the worst first."""

from datetime import datetime

from analytics.alert.carrier import Carrier
from analytics.alert.letter import Letter, token_of, write_letter
from analytics.alert.ways import find_way
from analytics.webhook.job import N_AT_ONCE, WebhookReport
from analytics.webhook.sending import attempt
from store.alert_messages import Channel, forget_old, keep_token, note_attempt, read_channel, read_due
from store.attempts import Attempt
from store.inputs import Connection


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
        made = send(write_letter(message, token, carrier.page_url, channel.language), channel, carrier)
        note_attempt(connection, message, made)
        report += WebhookReport(int(made.is_taken), int(not made.is_taken))
        if made.status is None:
            break
    return report


def send(letter: Letter, channel: Channel, carrier: Carrier) -> Attempt:
    """Send by the channel's way, and say what came of it."""
    return attempt(lambda _: find_way(channel.way).send(letter, channel, carrier))
