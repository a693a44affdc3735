"""How often one key may ask and post, where the key itself says nothing else, and citizens report. 0 sets no limit."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.settings import read_number


@dataclass(frozen=True, slots=True)
class Limits:
    """Posts of messages [1/s], other requests [1/s] and those of a day (UTC); reports of one address [1/h]."""

    posts_per_s: float = 100.0
    requests_per_s: float = 100.0
    requests_per_day: int = 500_000
    reports_per_h: float = 30.0


def limits_from(environment: Mapping[str, str]) -> Limits:
    """Read VIGIE_API_POSTS_PER_S, _REQUESTS_PER_S, _REQUESTS_PER_DAY and _REPORTS_PER_H. Raises SettingError."""
    usual = Limits()
    return Limits(
        read_number(environment, "VIGIE_API_POSTS_PER_S", usual.posts_per_s),
        read_number(environment, "VIGIE_API_REQUESTS_PER_S", usual.requests_per_s),
        int(read_number(environment, "VIGIE_API_REQUESTS_PER_DAY", usual.requests_per_day)),
        read_number(environment, "VIGIE_API_REPORTS_PER_H", usual.reports_per_h),
    )
