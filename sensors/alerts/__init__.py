"""What people are alerted to: each module of this package exposes one `KIND` with its runbook, found by being here."""

import importlib
import pkgutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from sensors.language import Language
from sensors.safety import SAFETY_KINDS


@dataclass(frozen=True, slots=True)
class AlertKind:
    """A kind of incident that somebody is told about, and what to do then.

    Attributes
    ----------
    causes
        Causes of incidents that are of this kind, whatever their findings are.
    findings
        Kinds of finding that make an incident of any other cause one of this kind.
    steps_fr, steps_en
        The runbook: what to do, in order; it is sent with the alert.
    """

    name: str
    name_fr: str
    name_en: str
    steps_fr: tuple[str, ...]
    steps_en: tuple[str, ...]
    causes: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def is_safety(self) -> bool:
        """Whether people's safety hangs on it: it is never muted by hand."""
        return not SAFETY_KINDS.isdisjoint(self.findings)

    def called(self, language: Language) -> str:
        """Give the name in a language."""
        return self.name_fr if language == "fr" else self.name_en

    def steps(self, language: Language) -> tuple[str, ...]:
        """Give the runbook in a language."""
        return self.steps_fr if language == "fr" else self.steps_en


@cache
def alert_kinds() -> Mapping[str, AlertKind]:
    """Give every kind of this package by its name."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return MappingProxyType({module.KIND.name: module.KIND for module in modules})


def kind_of(cause: str, findings: Collection[str]) -> AlertKind | None:
    """Give the kind of an incident by its cause, else by the kinds of its findings; None: nobody is told.

    Examples
    --------
    >>> kind_of("gateway_silent", ["silent"]).name
    'silent_gateway'
    >>> kind_of("thing", ["unusual_value"]) is None
    True
    """
    for kind in alert_kinds().values():
        if cause in kind.causes:
            return kind
    return next((kind for kind in alert_kinds().values() if not set(kind.findings).isdisjoint(findings)), None)
