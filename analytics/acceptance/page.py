"""The signed list as one page that needs nothing else, in French or in English."""

from collections.abc import Sequence
from html import escape

from analytics.acceptance.manifest import AcceptanceManifest, DeviceLines
from analytics.report.html import STYLE, table

WORDS = {
    "fr": {
        "title": "Réception de capteurs", "pass": "reçu", "fail": "refusé", "unknown": "pas connu",
        "line_pass": "bon", "line_fail": "mauvais", "line_unknown": "pas connu",
        "watched": "Suivis du {begin} au {until} (UTC), {n_days} jours prévus.",
        "counts": "{n} capteurs : {n_pass} reçus, {n_fail} refusés, {n_unknown} dont il n’est pas su assez.",
        "rule": "Un capteur est reçu quand chaque contrôle fait est bon ; « pas connu » n’est pas bon.",
        "signed": "Signé le {at} (UTC) pour {who}. Clé : {key}. À vérifier avec vigie acceptance verify.",
        "device": "Capteur", "asset": "Équipement", "result": "Résultat", "why": "Pourquoi",
        "checks": "Contrôles et d’où viennent leurs limites", "check": "Contrôle", "source": "Source",
        "left_out": "(écarté : ne s’applique pas)",
    },
    "en": {
        "title": "Acceptance of sensors", "pass": "accepted", "fail": "refused", "unknown": "not known",
        "line_pass": "good", "line_fail": "bad", "line_unknown": "not known",
        "watched": "Watched from {begin} to {until} (UTC), {n_days} days planned.",
        "counts": "{n} sensors: {n_pass} accepted, {n_fail} refused, {n_unknown} of which too little is known.",
        "rule": "A sensor is accepted when each check that was made is good; “not known” is not good.",
        "signed": "Signed on {at} (UTC) for {who}. Key: {key}. To be checked with vigie acceptance verify.",
        "device": "Sensor", "asset": "Asset", "result": "Result", "why": "Why",
        "checks": "Checks, and where their limits come from", "check": "Check", "source": "Source",
        "left_out": "(left out: does not apply)",
    },
}  # fmt: skip


def write_page(manifest: AcceptanceManifest, told: Sequence[DeviceLines], language: str, fingerprint: str) -> bytes:
    """Write the page."""
    words = WORDS[language]
    title = f"{words['title']} : {manifest.name}" if language == "fr" else f"{words['title']}: {manifest.name}"
    head = [words[name] for name in ("device", "asset", "result", "why")]
    rows = [device_row(one, words, language, manifest) for one in told]
    sources = [
        [escape(name_of(one.name, manifest, language)), f"<span lang='en'>{escape(one.source)}</span>"
         + ("" if one.is_made else f" {escape(words['left_out'])}")]
        for one in manifest.checks
    ]  # fmt: skip
    body = "\n".join(
        [
            f"<header><p class='over'>{escape(manifest.territory_name)}</p><h1>{escape(title)}</h1></header>",
            *(f"<p>{escape(line)}</p>" for line in sentences(manifest, words)),
            table(head, rows),
            f"<h2>{escape(words['checks'])}</h2>",
            table([words["check"], words["source"]], sources),
            f"<p class='note'>{escape(signed(manifest, words, fingerprint))}</p>",
        ]
    )
    return (
        f"<!doctype html>\n<html lang='{language}'>\n<head>\n<meta charset='utf-8'>\n"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'>\n<title>{escape(title)}</title>\n"
        f"<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    ).encode()


def sentences(manifest: AcceptanceManifest, words: dict[str, str]) -> list[str]:
    """Say how long was watched, and how many stand how."""
    return [
        words["watched"].format(
            begin=f"{manifest.watched_from:%Y-%m-%d %H:%M}",
            until=f"{manifest.watched_until:%Y-%m-%d %H:%M}",
            n_days=manifest.n_days,
        ),
        words["counts"].format(
            n=manifest.n_devices, n_pass=manifest.n_pass, n_fail=manifest.n_fail, n_unknown=manifest.n_unknown
        ),
        words["rule"],
    ]


def signed(manifest: AcceptanceManifest, words: dict[str, str], fingerprint: str) -> str:
    """Say who signed when, with which key."""
    return words["signed"].format(at=f"{manifest.signed_at:%Y-%m-%d %H:%M}", who=manifest.finished_by, key=fingerprint)


def device_row(device: DeviceLines, words: dict[str, str], language: str, manifest: AcceptanceManifest) -> list[str]:
    """Write a device; what is not good comes first."""
    order = ("fail", "unknown", "pass")
    lines = sorted(device.lines, key=lambda line: order.index(line.result))
    why = "".join(
        f"<li><strong>{escape(name_of(line.check, manifest, language))}</strong>"
        f" ({escape(words[f'line_{line.result}'])})."
        f" {escape(line.sentence_fr if language == 'fr' else line.sentence_en)}</li>"
        for line in lines
    )
    name = f"{device.name} ({device.external_id})" if device.name != device.external_id else device.external_id
    result = f"<strong>{escape(words[device.result])}</strong>"
    return [escape(name), escape(device.asset or "–"), result, f"<ul>{why}</ul>"]


def name_of(check: str, manifest: AcceptanceManifest, language: str) -> str:
    """Name a check."""
    found = next(one for one in manifest.checks if one.name == check)
    return found.name_fr if language == "fr" else found.name_en
