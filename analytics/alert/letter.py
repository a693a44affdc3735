"""What is written: a subject, what is wrong where since when, what to do, and the link that acknowledges it."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from analytics.sentence import local_clock, local_clock_fr
from sensors.alerts import alert_kinds
from sensors.language import Language
from sensors.severity import Severity
from store.alert_messages import Message

PREFIX = "ack_"
SEVERITY_WORDS: dict[Language, dict[Severity, str]] = {
    "fr": {"info": "Info", "warning": "Attention", "urgent": "Urgent", "critical": "Critique"},
    "en": {"info": "Info", "warning": "Warning", "urgent": "Urgent", "critical": "Critical"},
}
WORDS: dict[Language, dict[str, str]] = {
    "fr": {
        "since": "Depuis le",
        "over": "Terminé le",
        "do": "Que faire :",
        "link": "Je m’en occupe :",
        "again": "Personne n’a répondu jusqu’ici.",
    },
    "en": {
        "since": "Since",
        "over": "Over since",
        "do": "What to do:",
        "link": "I look after it:",
        "again": "Nobody has answered so far.",
    },
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in words: `text` is all of it, `short` fits into a short message, `body` is for programs."""

    message_id: int
    alert_id: int
    severity: Severity
    subject: str
    text: str
    short: str
    link: str
    body: dict[str, Any]


def token_of(secret: bytes, message_id: int) -> str:
    """Give the token of a message's link: HMAC-SHA256 (RFC 2104) of its number with the channel's secret.

    The same at each attempt, so that a message that arrives twice bears one link.
    """
    mark = hmac.new(secret, b"acknowledge %d" % message_id, hashlib.sha256).digest()
    return PREFIX + urlsafe_b64encode(mark).rstrip(b"=").decode()


def write_letter(message: Message, token: str, page_url: str, language: Language) -> Letter:
    """Put an alert into words."""
    link = f"{page_url}/v1/alerts/links/{token}"
    kind = alert_kinds().get(message.kind)
    name = message.kind if kind is None else kind.called(language)
    subject = f"[{SEVERITY_WORDS[language][message.severity]}] {name} · {message.territory_name}"
    sentence = message.sentence_fr if language == "fr" else message.sentence_en
    return Letter(
        message.message_id,
        message.alert_id,
        message.severity,
        subject.replace("\n", " "),
        "\n".join(lines_of(message, sentence, link, language)),
        f"{subject}: {sentence} {link}",
        link,
        body_of(message, link),
    )


def lines_of(message: Message, sentence: str, link: str, language: Language) -> list[str]:
    """Give the lines of the whole message."""
    words, kind = WORDS[language], alert_kinds().get(message.kind)
    clock = local_clock_fr if language == "fr" else local_clock
    lines = [sentence, "", f"{words['since']} {clock(message.started_at, message.time_zone)}."]
    if message.ended_at is not None:
        lines.append(f"{words['over']} {clock(message.ended_at, message.time_zone)}.")
    if message.longitude is not None and message.latitude is not None:
        lines.append(f"geo:{message.latitude:.6f},{message.longitude:.6f}")
    if message.step > 0:
        lines.append(words["again"])
    if kind is not None:
        lines += ["", words["do"], *(f"{n}. {step}" for n, step in enumerate(kind.steps(language), 1))]
    return [*lines, "", f"{words['link']} {link}"]


def body_of(message: Message, link: str) -> dict[str, Any]:
    """Give what programs are sent."""
    kind = alert_kinds().get(message.kind)
    return {
        "alert_id": message.alert_id,
        "incident_id": message.incident_id,
        "territory": message.territory,
        "kind": message.kind,
        "severity": message.severity,
        "started_at": message.started_at.isoformat(),
        "ended_at": None if message.ended_at is None else message.ended_at.isoformat(),
        "asset_name": message.asset_name,
        "longitude": message.longitude,
        "latitude": message.latitude,
        "n_assets": message.n_assets,
        "sentence_fr": message.sentence_fr,
        "sentence_en": message.sentence_en,
        "runbook_fr": [] if kind is None else list(kind.steps_fr),
        "runbook_en": [] if kind is None else list(kind.steps_en),
        "step": message.step,
        "acknowledge_url": link,
    }
