"""The pages of the form: plain HTML that needs no script, in one file each."""

import base64
import hashlib
import html
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from api.citizen.texts import TEXTS
from sensors.citizen import KINDS
from sensors.language import Language

STYLE = """
body{font:1.125rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:36rem;padding:1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.6rem}h2{font-size:1.2rem}
fieldset{border:1px solid #767676;border-radius:.4rem;margin:1rem 0;padding:.75rem}
legend{font-weight:600;padding:0 .3rem}label{display:block;margin:.6rem 0 .2rem}
.choice{display:flex;gap:.6rem;align-items:center;min-height:2.75rem;margin:0}
input[type=text],textarea{box-sizing:border-box;width:100%;font:inherit;padding:.5rem;border:1px solid #595959}
input[type=radio]{width:1.4rem;height:1.4rem}
button{font:inherit;padding:.7rem 1.2rem;border:2px solid #0b4f6c;background:#0b4f6c;color:#fff}
button.second{background:#fff;color:#0b4f6c}
.hint{color:#4a4a4a;margin:.2rem 0}.faults{border:3px solid #a4001d;padding:.5rem 1rem}
a{color:#0b4f6c}:focus-visible{outline:3px solid #b35900;outline-offset:2px}dt{font-weight:600}dd{margin:0 0 .5rem}
@media(prefers-color-scheme:dark){body{color:#f2f2f2;background:#161616}.hint{color:#c8c8c8}a{color:#8fd0ec}
input[type=text],textarea{color:#f2f2f2;background:#161616;border-color:#a6a6a6}
button.second{background:#161616;color:#8fd0ec;border-color:#8fd0ec}.faults{border-color:#ff8a9a}}
"""
# Without it the form works as well; with it a browser that may fills in where it is.
SCRIPT = """
const button = document.getElementById("locate");
const said = document.getElementById("located");
if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(({ coords }) => {
    document.getElementById("latitude").value = coords.latitude.toFixed(6);
    document.getElementById("longitude").value = coords.longitude.toFixed(6);
    said.textContent = button.dataset.located;
  }, () => { said.textContent = button.dataset.notLocated; }, { enableHighAccuracy: true, timeout: 15000 }));
}
"""


def digest(text: str) -> str:
    """Name a text in a Content-Security-Policy."""
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src {digest(STYLE)}; script-src {digest(SCRIPT)};"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Permissions-Policy": "camera=(), geolocation=(self), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def write_form(name: str, language: Language, filled: Mapping[str, str], faults: Sequence[str] = ()) -> str:
    """Write the form, with what was filled in and what is wrong with it."""
    say = TEXTS[language]
    kinds = "".join(
        f'<label class="choice"><input type="radio" name="kind" value="{kind.name}" required'
        f"{' checked' if filled.get('kind') == kind.name else ''}>"
        f"{html.escape(kind.name_fr if language == 'fr' else kind.name_en)}</label>"
        for kind in KINDS.values()
    )
    body = f"""<p>{say["lead"]}</p>{write_faults(say, faults)}
<form method="post" action="?lang={language}" accept-charset="utf-8">
<fieldset><legend>{say["kind"]}</legend>{kinds}</fieldset>
<fieldset aria-describedby="where-hint"><legend>{say["where"]}</legend>
<p class="hint" id="where-hint">{say["where_hint"]}</p>
{write_input("asset", say["asset"], filled, 'maxlength="100" autocomplete="off"')}
{write_input("place", say["place"], filled, 'maxlength="200" autocomplete="off"')}
<p><button type="button" class="second" id="locate" hidden data-located="{say["located"]}"
 data-not-located="{say["not_located"]}">{say["locate"]}</button> <span id="located" role="status"></span></p>
<details{" open" if filled.get("latitude") else ""}><summary>{say["position"]}</summary>
{write_input("latitude", say["latitude"], filled, 'inputmode="decimal" maxlength="20" autocomplete="off"')}
{write_input("longitude", say["longitude"], filled, 'inputmode="decimal" maxlength="20" autocomplete="off"')}
</details></fieldset>
<label for="note">{say["note"]}</label><p class="hint" id="note-hint">{say["note_hint"]}</p>
<textarea id="note" name="note" rows="4" maxlength="500"
 aria-describedby="note-hint">{html.escape(filled.get("note", ""))}</textarea>
<p><button type="submit">{say["send"]}</button></p></form>
<script>{SCRIPT}</script>"""
    return write_page(f"{say['title']} · {name}", body, language)


def write_input(field: str, label: str, filled: Mapping[str, str], more: str) -> str:
    """Write a field with its label."""
    value = html.escape(filled.get(field, ""))
    return f'<label for="{field}">{label}</label><input type="text" id="{field}" name="{field}" value="{value}" {more}>'


def write_faults(say: Mapping[str, str], faults: Sequence[str]) -> str:
    """Write what is wrong, first of all and said aloud."""
    if not faults:
        return ""
    lines = "".join(f"<li>{say[fault]}</li>" for fault in faults)
    return f'<div class="faults" role="alert"><h2>{say["faults"]}</h2><ul>{lines}</ul></div>'


def write_state(name: str, language: Language, row: Mapping[str, Any] | None, local_time: str) -> str:
    """Write how far a report is, or that there is none of its reference."""
    say = TEXTS[language]
    again = f'<p><a href="?lang={language}">{say["again"]}</a></p>'
    if row is None:
        return write_page(f"{say['title']} · {name}", f"<p>{say['unknown']}</p>{again}", language)
    about = f"<dt>{say['about']}</dt><dd>{html.escape(row['asset_name'])}</dd>" if row["asset_name"] else ""
    body = f"""<dl><dt>{say["reference"]}</dt><dd>{row["reference"]}</dd>{about}
<dt>{say["reported_at"]}</dt><dd>{local_time}</dd><dt>{say["state"]}</dt><dd>{say[row["state"]]}</dd></dl>
<p>{say["keep"]}</p>{again}"""
    return write_page(f"{say['thanks']} · {name}", body, language, query=f"ref={quote(row['reference'])}&amp;")


def write_nowhere(language: Language) -> str:
    """Write that nothing is taken here."""
    return write_page(TEXTS[language]["title"], f"<p>{TEXTS[language]['nowhere']}</p>", language)


def write_page(title: str, body: str, language: Language, query: str = "") -> str:
    """Write a whole page."""
    other = "en" if language == "fr" else "fr"
    link = f'<a href="?{query}lang={other}" lang="{other}" hreflang="{other}">{TEXTS[language]["other_language"]}</a>'
    return f"""<!doctype html><html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>{html.escape(title)}</title>
<style>{STYLE}</style></head><body>
<header><nav aria-label="{"Langue" if language == "fr" else "Language"}">{link}</nav></header>
<main><h1>{html.escape(title)}</h1>{body}</main></body></html>"""


def write_instant(at: datetime, language: Language) -> str:
    """Write a day and hour (UTC), the day first in French."""
    return at.strftime("%d/%m/%Y %H:%M UTC" if language == "fr" else "%Y-%m-%d %H:%M UTC")
