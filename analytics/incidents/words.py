"""Parts of sentences that several causes say."""

from analytics.sentence import local_clock, local_clock_fr
from store.incidents import Line

IF_AGAIN = (
    "To do: look for the cause if it happens again.",
    "À faire : en chercher la cause si cela se reproduit.",
)  # English, French: of what is over and needs nobody now


def since_en(line: Line) -> str:
    """Say since when, or from when to when."""
    begin = local_clock(line.started_at, line.time_zone)
    return (
        f"since {begin}" if line.ended_at is None else f"from {begin} to {local_clock(line.ended_at, line.time_zone)}"
    )


def since_fr(line: Line) -> str:
    """Say since when, or from when to when, in French."""
    begin = local_clock_fr(line.started_at, line.time_zone)
    if line.ended_at is None:
        return f"depuis le {begin}"
    return f"du {begin} au {local_clock_fr(line.ended_at, line.time_zone)}"


def count_en(line: Line) -> str:
    """Say how many assets and findings there are."""
    return f"{plural(line.n_assets, 'asset')}, {plural(line.n_findings, 'finding')}"


def count_fr(line: Line) -> str:
    """Say how many assets and findings there are, in French."""
    return f"{plural(line.n_assets, 'équipement')}, {plural(line.n_findings, 'constat')}"


def plural(n: int, noun: str) -> str:
    """Write a number with its noun; both languages add an s here."""
    return f"{n} {noun}" if n < 2 else f"{n} {noun}s"
