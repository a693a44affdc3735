"""Numbers, periods and reasons as people write and read them, in French and in English."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from analytics.report.reasons import in_french
from analytics.report.span import Span
from analytics.sentence import NARROW
from sensors.language import MONTHS, Language
from sensors.unit_sign import unit_in

HARD = "\u00a0"  # no-break space
CAUSES_FR: Mapping[str, str] = {
    "late data": "données tardives",
    "corrected data": "données corrigées",
    "reference data": "données de référence",
    "method version": "version de la méthode",
}


def number(value: float, language: Language) -> str:
    """Write a number with as many digits as its size deserves.

    >>> number(1234.5, "en"), number(0.012345, "fr")
    ('1,234.5', '0,0123')
    """
    size = abs(value)
    if 0 < size < 1:
        text = f"{value:.3g}"
        text = f"{value:.12f}".rstrip("0") if "e" in text and size > 1e-9 else text
    else:
        text = f"{value:,.{0 if size >= 10_000 else 1 if size >= 100 else 2}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text in ("-0", "0") else text
    if language == "fr":
        text = text.replace(",", NARROW).replace(".", ",")
    return text.replace("-", "\u2212")


def sign(unit: str, language: Language) -> str:
    """Give a unit as people write it; a share goes in percent."""
    return "%" if unit == "1" else unit_in(unit, language)


def shown(value: float, unit: str) -> float:
    """Give the number that is shown: shares in percent."""
    return 100 * value if unit == "1" else value


def amount(value: float | None, unit: str, language: Language) -> str:
    """Write a value with its unit; an en dash where there is none."""
    if value is None:
        return "–"
    text, word = shown(value, unit), sign(unit, language)
    is_one = abs(text) < 2 if language == "fr" else abs(text) == 1
    word = word.removesuffix("s") if is_one and len(word) > 1 else word
    return f"{number(text, language)}{HARD}{word}" if word else number(text, language)


def interval(low: float | None, high: float | None, unit: str, language: Language) -> str:
    """Write an interval; an end that is not known is said to be open."""
    if low is None and high is None:
        return "–"
    words = ("de", "à", "au moins", "au plus") if language == "fr" else ("", "to", "at least", "at most")
    if high is None:
        return f"{words[2]}{HARD}{amount(low, unit, language)}"
    if low is None:
        return f"{words[3]}{HARD}{amount(high, unit, language)}"
    return f"{words[0]} {number(shown(low, unit), language)} {words[1]} {amount(high, unit, language)}".strip()


def percent(ratio: float | None) -> str:
    """Write a share of 0 to 1 without decimals, rounded down: 99.9 % is not all."""
    if ratio is None:
        return "–"
    return f"{int(100 * ratio + 1e-9)}{HARD}%"


def day(when: date, language: Language) -> str:
    """Write a civil day."""
    month = MONTHS[language][when.month - 1]
    first = "1er" if language == "fr" and when.day == 1 else str(when.day)
    return f"{first} {month} {when.year}"


def days(begins_at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    """Write the civil days of an interval whose end is not in it; a single day alone."""
    bounds = (begins_at.astimezone(zone), (ends_at - timedelta(microseconds=1)).astimezone(zone))
    return " – ".join(dict.fromkeys(f"{at:%d/%m/%Y}" for at in bounds))


def instant(at: datetime, zone: ZoneInfo, language: Language) -> str:
    """Write an instant on the territory's clock."""
    local = at.astimezone(zone)
    return f"{day(local.date(), language)}, {local:%H:%M}"


def span_title(span: Span, language: Language) -> str:
    """Name the period."""
    year = span.first.year
    if span.kind == "month":
        return f"{MONTHS[language][span.first.month - 1]} {year}"
    if span.kind == "year":
        return f"année {year}" if language == "fr" else f"year {year}"
    quarter = (span.first.month + 2) // 3
    return f"{quarter}{'er' if quarter == 1 else 'e'} trimestre {year}" if language == "fr" else f"Q{quarter} {year}"


def reason(text: str, language: Language) -> tuple[str, bool]:
    """Give why a figure is withheld, and whether that is in the reader's language; what is not known stays English."""
    if language == "en":
        return text, True
    french = in_french(text)
    return (text, False) if french is None else (french, True)


def cause(text: str, language: Language) -> str:
    """Name the causes of a restatement."""
    if language == "en":
        return text
    return ", ".join(CAUSES_FR.get(part, part) for part in text.split(", "))
