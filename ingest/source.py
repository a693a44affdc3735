"""Where messages come from: a broker, and by which rule a topic is read in which format."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sensors.formats import Format, formats
from sensors.formats.sparkplug_b import SparkplugFormat
from sensors.observation import OBSERVATIONS, TOPIC_FILTERS
from sensors.sparkplug import ROOT as SPARKPLUG_ROOT
from sensors.sparkplug_host import Naming
from sensors.stateful import StatefulFormat, stateful_formats
from sensors.topic import ROOT

OWN = "own"


@dataclass(frozen=True, slots=True)
class Rule:
    """Messages on topics that match the filter are decoded by the format; one of the two kinds is given.

    `territory` is the slug for messages that name none, and the only one they may name; None leaves that to the source.
    `device_prefix` is put before the ids of devices and gateways, so that two networks may use the same ids.
    """

    topic_filter: str
    format: Format | None = None
    stateful: StatefulFormat | None = None
    territory: str | None = None
    device_prefix: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One broker as a sender of messages.

    `territory` is the slug of the only territory this source may speak for, None where the broker's own access rights
    bind each gateway to its branch. `name` is what rejections and the ledger call it, `memory_name` what the records of
    its stateful formats are kept under.
    """

    name: str
    rules: tuple[Rule, ...]
    territory: str | None = None
    memory_name: str = ""

    def find_rule(self, topic: str) -> Rule | None:
        """Give the first rule whose filter matches, None where there is none."""
        return next((rule for rule in self.rules if is_match(rule.topic_filter, topic)), None)

    def bound_to(self, territory: str) -> "Source":
        """Give the same for senders that may speak for this territory only, without the rules of others."""
        rules = (replace(rule, territory=territory) for rule in self.rules if self.may_speak(rule, territory))
        return replace(self, rules=tuple(rules), territory=territory)

    def may_speak(self, rule: Rule, territory: str) -> bool:
        """Say whether by this rule a message may be of the territory."""
        return (rule.territory or self.territory) in (None, territory)

    @property
    def topic_filters(self) -> tuple[str, ...]:
        """Give the filters of all rules, each once, in their order."""
        return tuple(dict.fromkeys(rule.topic_filter for rule in self.rules))

    @property
    def stateless(self) -> "Source":
        """Give the part whose messages any worker may read in any order."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.stateful is None))

    @property
    def stateful(self) -> "Source":
        """Give the part whose messages one worker must read in their order."""
        return replace(self, rules=tuple(rule for rule in self.rules if rule.stateful is not None))


def own_source(territory: str | None = None) -> Source:
    """The platform's own broker: every format on the topics it names itself, of one territory or of all."""
    stateless = (Rule(narrow(format_.topic_filter, territory), format_) for format_ in formats().values())
    observations = (Rule(topic_filter, OBSERVATIONS) for topic_filter in TOPIC_FILTERS)
    rules = (*stateless, *observations, *own_stateful_rules(territory))
    return Source(OWN, rules, territory, memory_name=f"{OWN}:{territory or ''}")


def own_stateful_rules(territory: str | None) -> Iterator[Rule]:
    """Give the rules of formats with state; on the own broker the group of a Sparkplug node is its territory."""
    for format_ in stateful_formats().values():
        known = SparkplugFormat(format_.name, Naming(is_group_territory=True))
        chosen = known if isinstance(format_, SparkplugFormat) else format_
        for topic_filter in chosen.topic_filters:
            yield Rule(narrow(topic_filter, territory), stateful=chosen)


def narrow(topic_filter: str, territory: str | None) -> str:
    """Restrict a filter on topics that name the territory to one territory.

    >>> narrow("vigie/+/+/up", "dijon")
    'vigie/dijon/+/up'
    """
    root, _, rest = topic_filter.partition("/+/")
    if territory is None or root not in {ROOT, SPARKPLUG_ROOT}:
        return topic_filter
    return f"{root}/{territory}/{rest}"


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
