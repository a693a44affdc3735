"""A sheet for the crew: HTML of one file that prints well, in French or English, one page a round."""

from html import escape
from zoneinfo import ZoneInfo

from analytics.rounds.day_plan import DayPlan, PlannedRound
from analytics.rounds.words import (
    WORDS,
    assumptions_in,
    clock,
    day_in,
    decimal,
    fill_in,
    why_left,
    why_served,
)
from sensors.language import Language

STYLE = """
body { font: 11pt/1.35 sans-serif; margin: 1.5em; color: #111; background: #fff; }
h1 { font-size: 16pt; } h2 { font-size: 13pt; margin: 1.2em 0 .3em; }
table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #777; padding: .25em .4em; text-align: left; vertical-align: top; }
td.number, th.number { text-align: right; white-space: nowrap; }
thead { display: table-header-group; } tr { break-inside: avoid; }
section { break-before: page; } section:first-of-type { break-before: auto; }
@page { margin: 12mm; }
"""


def write_sheet(plan: DayPlan, language: Language) -> str:
    """Write the sheet of a day's rounds."""
    words = WORDS[language]
    title = f"{words.title} {day_in(language, plan.day)}"
    stream = f" – {plan.waste_stream}" if plan.waste_stream else ""
    parts = [write_round(plan, language, number, one) for number, one in enumerate(plan.rounds, 1)]
    listed = "".join(f"<li>{escape(line)}</li>" for line in assumptions_in(language, plan))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>\n<h1>{escape(f'{plan.territory}{stream} – {title}')}</h1>\n"
        f"{''.join(parts) or f'<p>{escape(words.nothing)}</p>'}\n{write_left_out(plan, language)}"
        f"<h2>{escape(words.assumptions)}</h2><ul>{listed}</ul>\n</body></html>\n"
    )


def write_round(plan: DayPlan, language: Language, number: int, one: PlannedRound) -> str:
    """Write one round with its stops in order."""
    words, zone = WORDS[language], ZoneInfo(plan.time_zone)
    rows, load_l = [], 0.0
    for order, stop in enumerate(one.stops, 1):
        load_l += stop.load_l
        rows.append(
            row(
                (str(order), clock(stop.arrives_at, zone)),
                (stop.container.name, stop.container.address or ""),
                (fill_in(language, stop.outlook), why_served(language, stop, zone)),
                decimal(language, load_l / 1000, "m³"),
            )
        )
    heads = "".join(
        f"<th>{escape(head)}</th>"
        for head in (words.order, words.arrives, words.container, words.address, words.fill, words.reason, words.load)
    )
    hours = f"{clock(one.leaves_at, zone)} {one.depot[0]} – {clock(one.back_at, zone)} {one.end[0]}"
    length, volume = decimal(language, one.distance_km, "km"), decimal(language, one.load_l / 1000, "m³")
    amount = f"{len(one.stops)} × {words.container.lower()}, {length}, {volume}"
    return (
        f"<section><h2>{escape(f'{words.round} {number} – {one.vehicle}')}</h2><p>{escape(hours)}<br>{escape(amount)}"
        f"</p><table><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></section>\n"
    )


def row(when: tuple[str, str], what: tuple[str, str], why: tuple[str, str], load: str) -> str:
    """Write one stop."""
    cells = "".join(f"<td>{escape(text)}</td>" for text in (*when, *what, *why))
    return f'<tr>{cells}<td class="number">{escape(load)}</td></tr>\n'


def write_left_out(plan: DayPlan, language: Language) -> str:
    """List the containers that no vehicle serves, with what is expected in them and why."""
    if not plan.left_out:
        return ""
    words, zone = WORDS[language], ZoneInfo(plan.time_zone)
    rows = "".join(
        f"<tr><td>{escape(left.container.name)}</td><td>{escape(left.container.address or '')}</td>"
        f"<td>{escape(fill_in(language, left.outlook))}</td><td>{escape(why_left(language, left, zone))}</td></tr>\n"
        for left in plan.left_out
    )
    heads = "".join(f"<th>{escape(head)}</th>" for head in (words.container, words.address, words.fill, words.reason))
    return (
        f"<section><h2>{escape(words.left_out)} ({len(plan.left_out)})</h2><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{rows}</tbody></table></section>\n"
    )
