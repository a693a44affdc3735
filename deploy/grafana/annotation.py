"""What is written over every curve: findings, work orders, and figures that were told anew."""

from collections.abc import Callable

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import AnnotationQuery

from deploy.grafana.audience import Audience
from deploy.grafana.card import Words
from deploy.grafana.query import SOURCE, PostgresQuery

# query, what it is called, colour, shown at first
ANNOTATIONS: tuple[tuple[str, Words, str, bool], ...] = (
    ("annotate_findings", ("Constats", "Findings"), "red", True),
    ("annotate_work_orders", ("Interventions", "Work orders"), "blue", True),
    ("annotate_restatements", ("Indicateurs révisés", "Restated KPIs"), "purple", False),
)


class Annotation(Builder[AnnotationQuery]):
    """A query whose rows have `time`, `timeend` (null: an instant), `text` and `tags` (words between commas)."""

    def __init__(self, name: str, sql: str, color: str, *, is_shown: bool) -> None:
        query = PostgresQuery(sql, "table", "Anno")
        self.made = AnnotationQuery(
            name=name, datasource=SOURCE, enable=is_shown, icon_color=color, hide=False, target=query
        )

    def build(self) -> AnnotationQuery:
        """Give the model."""
        return self.made


def annotations(audience: Audience, ask: Callable[[str], str]) -> list[Builder[AnnotationQuery]]:
    """Give the annotations for readers of one language; `ask` gives a query by its name."""
    return [
        Annotation(audience.say(words), ask(name), color, is_shown=is_shown)
        for name, words, color, is_shown in ANNOTATIONS
    ]
