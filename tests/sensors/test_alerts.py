"""Kinds of alerts: each has its runbook in both languages, and the page of the docs says the same."""

import re
from pathlib import Path

import pytest

from sensors.alerts import AlertKind, alert_kinds, kind_of

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "runbooks"


@pytest.mark.parametrize("kind", alert_kinds().values(), ids=lambda kind: str(kind.name))
def test_the_page_of_a_runbook_says_what_is_sent(kind: AlertKind) -> None:
    text = (RUNBOOKS / f"{kind.name}.md").read_text(encoding="utf-8")
    french, english = text.split("## What to do")
    for part, steps in ((french, kind.steps_fr), (english, kind.steps_en)):
        assert tuple(re.findall(r"^\d+\. (.+)$", part, re.MULTILINE)) == steps
    assert f"`{kind.name}`" in (RUNBOOKS / "README.md").read_text(encoding="utf-8")


def test_no_cause_and_no_kind_of_finding_belongs_to_two() -> None:
    kinds = alert_kinds().values()
    for names in ([one for kind in kinds for one in kind.causes], [one for kind in kinds for one in kind.findings]):
        assert len(names) == len(set(names))


def test_the_cause_counts_before_the_findings() -> None:
    found = kind_of("cabinet_tripped", ["silent_gateway"])
    assert found is not None
    assert found.name == "dark_street"
    assert kind_of("restart", ["silent"]) is None
