"""What a check found: one line for a person, one object for a program."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is. `unseen`: it cannot be known from here."""

    OK = "ok"
    UNSEEN = "unseen"
    WARNING = "warning"
    LOSS = "loss"


LABELS = {Level.OK: "OK", Level.UNSEEN: "not seen", Level.WARNING: "warning", Level.LOSS: "would lose data"}


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is database, broker or broker_config; `check` a stable name; `mend` is empty where all is well."""

    subject: str
    check: str
    level: Level
    found: str
    meaning: str = ""
    mend: str = ""

    def line(self) -> str:
        """Say it in one line."""
        parts = [f"{LABELS[self.level]:<15}  {self.subject} {self.check}: {self.found}"]
        parts += [f" - {text}" for text in (self.meaning, f"mend: {self.mend}" if self.mend else "") if text]
        return "".join(parts)


def is_losing(findings: list[Finding]) -> bool:
    """Say whether one of them would lose data."""
    return any(finding.level is Level.LOSS for finding in findings)
