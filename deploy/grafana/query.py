"""The query of Grafana's PostgreSQL data source, which the foundation SDK does not bring."""

from dataclasses import dataclass
from typing import Any, Literal, Self

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.variants import Dataquery
from grafana_foundation_sdk.models.common import DataSourceRef

SOURCE_TYPE = "grafana-postgresql-datasource"
# The variable `source` of each dashboard, so that no dashboard is tied to one data source.
SOURCE = DataSourceRef(type_val=SOURCE_TYPE, uid="${source}")
Format = Literal["table", "time_series"]


@dataclass(frozen=True, slots=True)
class PostgresQuery(Dataquery):
    """One query of a panel. `format` says what Grafana makes of the rows: a table, or series over the column `time`."""

    sql: str
    format: Format
    ref_id: str = "A"

    def to_json(self) -> dict[str, object]:
        """Give the fields that Grafana stores."""
        return {
            "refId": self.ref_id,
            "datasource": SOURCE,
            "format": self.format,
            "rawSql": self.sql,
            "rawQuery": True,
            "editorMode": "code",
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:  # Any: JSON
        """Read back what `to_json` gave."""
        return cls(sql=data["rawSql"], format=data["format"], ref_id=data["refId"])


@dataclass(frozen=True, slots=True)
class QueryBuilder(Builder[Dataquery]):
    """The SDK asks for builders everywhere."""

    query: PostgresQuery

    def build(self) -> Dataquery:
        """Give the query itself."""
        return self.query
