"""The outbox of one webhook, emptied: what is due is sent, the oldest first, each by itself."""

from dataclasses import dataclass
from datetime import datetime

from analytics.webhook.sending import send
from store.inputs import Connection
from store.webhooks import forget_old, note_attempt, read_due

N_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class WebhookReport:
    """How many messages were taken, and how many attempts failed."""

    n_taken: int = 0
    n_failed: int = 0

    def __add__(self, other: "WebhookReport") -> "WebhookReport":
        return WebhookReport(self.n_taken + other.n_taken, self.n_failed + other.n_failed)


def send_due(connection: Connection, webhook_id: int, now: datetime) -> WebhookReport:
    """Send what is due; after the first that nobody answers the others of this webhook are left for the next time.

    What was sent when the program is killed before it wrote so is sent again: receivers know it by its number.
    """
    forget_old(connection, now)
    report = WebhookReport()
    for delivery in read_due(connection, webhook_id, now, N_AT_ONCE):
        attempt = send(delivery)
        note_attempt(connection, delivery, attempt)
        report += WebhookReport(int(attempt.is_taken), int(not attempt.is_taken))
        if attempt.status is None:
            break
    return report
