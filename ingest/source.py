"""Where messages come from: a broker, and by which rule a topic is read in which format."""

from dataclasses import dataclass

from sensors.formats import Format, formats
from sensors.topic import ROOT


@dataclass(frozen=True, slots=True)
class Rule:
    """Messages on topics that match the filter are decoded by the format."""

    topic_filter: str
    format: Format


@dataclass(frozen=True, slots=True)
class Source:
    """One broker as a sender of messages.

    `territory` is the slug of the only territory this source may speak for, None where the broker's own access rights
    bind each gateway to its branch.
    """

    name: str
    rules: tuple[Rule, ...]
    territory: str | None = None

    def find_rule(self, topic: str) -> Rule | None:
        """Give the first rule whose filter matches, None where there is none."""
        return next((rule for rule in self.rules if is_match(rule.topic_filter, topic)), None)


def own_source(territory: str | None = None) -> Source:
    """The platform's own broker: every format on the topics it names itself, of one territory or of all."""
    rules = tuple(Rule(narrow(format_.topic_filter, territory), format_) for format_ in formats().values())
    return Source("own", rules, territory)


def narrow(topic_filter: str, territory: str | None) -> str:
    """Restrict a filter on Vigie's own topics to one territory.

    >>> narrow("vigie/+/+/up", "dijon")
    'vigie/dijon/+/up'
    """
    every = f"{ROOT}/+/"
    if territory is None or not topic_filter.startswith(every):
        return topic_filter
    return f"{ROOT}/{territory}/{topic_filter.removeprefix(every)}"


def is_match(topic_filter: str, topic: str) -> bool:
    """Say whether a topic matches a filter with + and # (MQTT 5.0, 4.7).

    >>> is_match("vigie/+/+/up", "vigie/dijon/lamp-1/up"), is_match("vigie/#", "other/dijon")
    (True, False)
    """
    levels = topic.split("/")
    wanted = topic_filter.split("/")
    if topic.startswith("$") and wanted[0] in {"+", "#"}:
        return False
    if wanted[-1] == "#":
        wanted.pop()
        levels = levels[: len(wanted)]
    return len(levels) == len(wanted) and all(want in {"+", level} for want, level in zip(wanted, levels, strict=True))
