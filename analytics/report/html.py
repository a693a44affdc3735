"""A report as one HTML page that needs nothing else: no script, no address, charts with text and table beside them."""

import base64
from collections.abc import Iterable, Sequence
from html import escape

from analytics.report import amount as write
from analytics.report.document import Change, Chart, Document, Line, Method, Section
from analytics.report.plot import draw_comparison, draw_course
from analytics.report.words import say, titled

STYLE = """
:root { color: #1f2937; background: #fff; font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.35rem; margin: 2.2rem 0 .6rem; border-bottom: 2px solid #0072b2; padding-bottom: .2rem; }
h3 { font-size: 1.05rem; margin: 1.3rem 0 .4rem; }
.over { color: #0072b2; font-weight: 600; margin: 0; }
.quiet, figcaption, summary { color: #4b5563; font-size: .9rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #e5e7eb; vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; }
td.value { font-weight: 700; }
thead th { background: #f3f4f6; }
figure { margin: 1rem 0; break-inside: avoid; }
img { max-width: 100%; height: auto; }
code { font-size: .85em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; font: inherit; font-size: .9rem; margin: .3rem 0; }
.note { background: #f3f4f6; border-left: 4px solid #0072b2; padding: .6rem .9rem; }
@media print { body { max-width: none; padding: 0; } details { display: none; } }
"""


def write_html(document: Document) -> bytes:
    """Write the page."""
    language = document.heading.language
    body = "\n".join(
        [
            head_of(document),
            f"<h2>{escape(say('figures', language))}</h2>",
            f"<p class='quiet'>{escape(say('how_to_read', language))}</p>",
            *(section_html(section, document) for section in document.sections),
            *comparisons_html(document),
            *charts_html(document),
            withheld_html(document),
            changes_html(document),
            methods_html(document),
            f"<p class='note'>{escape(say('how_to_verify', language))}</p>",
        ]
    )
    return (
        f"<!doctype html>\n<html lang='{language}'>\n<head>\n<meta charset='utf-8'>\n"
        f"<meta name='viewport' content='width=device-width, initial-scale=1'>\n"
        f"<title>{escape(document.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n"
        "</body>\n</html>\n"
    ).encode()


def head_of(document: Document) -> str:
    """Write title, period and key."""
    heading, language = document.heading, document.heading.language
    as_of = write.instant(heading.as_of, heading.zone, language)
    return (
        f"<header><p class='over'>{escape(say('title', language))}</p><h1>{escape(heading.territory)}, "
        f"{escape(write.span_title(heading.span, language))}</h1>"
        f"<p class='quiet'>{escape(say('as_of', language))} {escape(as_of)} ({escape(heading.time_zone)}). "
        f"{escape(titled('key', language))} <code>{escape(heading.fingerprint)}</code></p></header>"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: frozenset[int] = frozenset()) -> str:
    """Write a table; cells are HTML, the columns `numbers` are numbers, the first column names its row."""
    top = "".join(
        f"<th scope='col'{' class=number' if at in numbers else ''}>{escape(one)}</th>" for at, one in enumerate(head)
    )
    lines = []
    for row in rows:
        cells = [f"<th scope='row'>{row[0]}</th>"]
        cells += [f"<td{' class=number' if at in numbers else ''}>{cell}</td>" for at, cell in enumerate(row) if at > 0]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    body = "\n".join(lines)
    return f"<div class='scroll'><table><thead><tr>{top}</tr></thead><tbody>\n{body}\n</tbody></table></div>"


def section_html(section: Section, document: Document) -> str:
    """Write the key figures of a field of work."""
    language = document.heading.language
    head = [say(word, language) for word in ("kpi", "value", "interval", "baseline", "completeness")]
    rows = [
        [
            escape(line.name),
            f"<strong>{escape(line.value)}</strong>",
            escape(line.interval),
            escape(line.baseline),
            escape(line.completeness),
        ]
        for line in section.lines
    ]
    return f"<h3>{escape(section.title)}</h3>\n{table(head, rows, frozenset({1, 2, 3, 4}))}"


def comparisons_html(document: Document) -> list[str]:
    """Draw what would have been beside what was."""
    language = document.heading.language
    figures = [
        f"<figure><figcaption>{escape(one.name)}</figcaption>"
        + image(
            draw_comparison(one, language, "svg"),
            f"{one.name} : {say('without', language)} {write.number(one.baseline, language)} {one.unit}, "
            f"{say('with', language)} {write.number(one.value, language)} {one.unit}",
        )
        + "</figure>"
        for one in document.comparisons
    ]
    return [f"<h2>{escape(say('compared', language))}</h2>", *figures] if figures else []


def charts_html(document: Document) -> list[str]:
    """Draw the courses, each with its data as a table."""
    language = document.heading.language
    figures = [chart_html(chart, document) for chart in document.charts]
    return [f"<h2>{escape(say('charts', language))}</h2>", *figures] if figures else []


def chart_html(chart: Chart, document: Document) -> str:
    """Draw one course."""
    language = document.heading.language
    rows = [
        [escape(one.label), *(number_html(value, document) for value in (one.value, one.low, one.high))]
        for one in chart.points
    ]
    head = [say("part", language), f"{say('value', language)} {chart.unit}".strip(), "min", "max"]
    data = f"<summary>{escape(say('data', language))}</summary>{table(head, rows, frozenset({1, 2, 3}))}"
    drawing = image(draw_course(chart, language, "svg"), chart.about)
    return f"<figure><figcaption>{escape(chart.name)}</figcaption>{drawing}<details>{data}</details></figure>"


def number_html(value: float | None, document: Document) -> str:
    """Write a number of a chart's table."""
    return "–" if value is None else escape(write.number(value, document.heading.language))


def image(svg: bytes, alternative: str) -> str:
    """Put a drawing into the page, with what it shows in words."""
    return f"<img alt='{escape(alternative)}' src='data:image/svg+xml;base64,{base64.b64encode(svg).decode()}'>"


def withheld_html(document: Document) -> str:
    """Say what is withheld and why, and what the report leaves out."""
    language = document.heading.language
    parts = [f"<h2>{escape(say('withheld_title', language))}</h2>"]
    lines = document.withheld
    if lines:
        rows = [[escape(line.name), reason_html(line), escape(line.completeness)] for line in lines]
        parts.append(table([say(word, language) for word in ("kpi", "reason", "completeness")], rows, frozenset({2})))
    else:
        parts.append(f"<p>{escape(say('withheld_none', language))}</p>")
    if document.left_out:
        rows = [[escape(name), f"<span lang='en'>{escape(reason)}</span>"] for name, reason in document.left_out]
        parts += [
            f"<h3>{escape(say('left_out', language))}</h3>",
            table([say("kpi", language), say("reason", language)], rows),
        ]
    return "\n".join(parts)


def reason_html(line: Line) -> str:
    """Write a reason; one that is not translated says so to those who listen."""
    text = escape(line.reason or "")
    return text if line.is_translated else f"<span lang='en'>{text}</span>"


def changes_html(document: Document) -> str:
    """List the restatements."""
    language = document.heading.language
    title = f"<h2>{escape(say('restated', language))}</h2>"
    if not document.changes:
        return f"{title}\n<p>{escape(say('restated_none', language))}</p>"
    words = ("kpi", "about", "period", "old", "new", "cause", "who", "when")
    listed = table([say(word, language) for word in words], map(change_row, document.changes), frozenset({3, 4}))
    more = f"<p class='quiet'>{escape(say('restated_more', language))}</p>" if document.has_more_changes else ""
    return f"{title}\n{listed}\n{more}"


def change_row(change: Change) -> list[str]:
    """Write a restatement."""
    cells = (change.name, change.about, change.period, change.old, change.new, change.cause, change.who, change.when)
    return [escape(cell) for cell in cells]


def methods_html(document: Document) -> str:
    """Write the annex: method, source, numbers behind each figure."""
    title = f"<h2>{escape(say('methods', document.heading.language))}</h2>"
    return "\n".join([title, *(method_html(method, document) for method in document.methods)])


def method_html(method: Method, document: Document) -> str:
    """Write one method."""
    language = document.heading.language
    files = ", ".join(f"<code>{escape(name)}</code>" for name in method.files)
    parts = [
        f"<h3>{escape(method.title)}</h3>",
        f"<p><strong>{escape(titled('method', language))}</strong> <span lang='en'>{escape(method.method)}</span></p>",
        f"<pre lang='en'>{escape(method.source)}</pre>",
        f"<p class='quiet'>{escape(titled('inputs', language))} {files}</p>",
        *(proof_html(name, digest, numbers, document) for name, digest, numbers in method.proofs),
    ]
    return "\n".join(parts)


def proof_html(name: str, digest: str, numbers: Sequence[tuple[str, str]], document: Document) -> str:
    """Write the numbers behind one figure."""
    language = document.heading.language
    rows = [[f"<code>{escape(key)}</code>", escape(value)] for key, value in numbers]
    listed = table([say("proof", language), ""], rows, frozenset({1})) if rows else ""
    source = f"<p class='quiet'>{escape(titled('hash', language))} <code>{escape(digest)}</code></p>"
    return f"<details><summary>{escape(name)}</summary>{source}{listed}</details>"
