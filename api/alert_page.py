"""The two small pages behind a link in an alert: do you look after it, and thanks. No script, nothing loaded."""

import hashlib
from base64 import b64encode
from html import escape

from sensors.alerts import alert_kinds
from store.alerts import Link

STYLE = "body{font:1.2rem/1.5 sans-serif;margin:1.5rem;max-width:40rem}button{font:inherit;padding:1rem;width:100%}"
STYLE_HASH = b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
CSP = f"default-src 'none'; frame-ancestors 'none'; form-action 'self'; style-src 'sha256-{STYLE_HASH}'"
WORDS = {
    "fr": {"ask": "Je m’en occupe", "done": "C’est noté : {who} s’en occupe.", "do": "Que faire"},
    "en": {"ask": "I look after it", "done": "Noted: {who} looks after it.", "do": "What to do"},
}


def asking_page(link: Link) -> str:
    """Say what it is about, what to do, and ask."""
    words = WORDS[link.language]
    if link.acknowledged_by is not None:
        return page(link, done(link, link.acknowledged_by))
    return page(link, f'<form method="post"><button>{words["ask"]}</button></form>')


def acknowledged_page(link: Link) -> str:
    """Say who looks after it."""
    return page(link, done(link, link.acknowledged_by or link.channel))


def done(link: Link, who: str) -> str:
    """Say that it is noted."""
    return f"<p><strong>{escape(WORDS[link.language]['done'].format(who=who))}</strong></p>"


def page(link: Link, middle: str) -> str:
    """Write the page around what differs."""
    kind = alert_kinds().get(link.kind)
    title = escape(link.kind if kind is None else kind.called(link.language))
    sentence = escape((link.sentence_fr if link.language == "fr" else link.sentence_en) or "")
    steps = "" if kind is None else "".join(f"<li>{escape(step)}</li>" for step in kind.steps(link.language))
    runbook = f"<h2>{WORDS[link.language]['do']}</h2><ol>{steps}</ol>" if steps else ""
    return (
        f'<!doctype html><html lang="{link.language}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><h1>{title}</h1><p>{sentence}</p>{middle}{runbook}</body></html>"
    )
