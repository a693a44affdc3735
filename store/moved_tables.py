"""Which rows and columns belong to a territory, in the order in which they can be written elsewhere.

Every table and every column of the schema stands here, or in `store.left_tables` or `left_out` with the reason; a test
holds the lists against the database, so whoever adds a column decides what becomes of it.
"""

from store.moved_ngsi import NGSI
from store.moved_results import RESULTS
from store.moved_sensorthings import SENSORTHINGS
from store.moved_table import BATCH, BUCKET, DEVICE, SERIES, TERRITORY, MovedTable

MOVED = (
    MovedTable(
        "territories",
        "the territory and those below it",
        "slug name kind time_zone created_at",
        outside={"parent_id": "territories"},
        key="territory_id",
        selected=True,
    ),
    MovedTable(
        "acceptance_rules",
        "which unknown devices are accepted by themselves",
        "prefix profile created_at created_by",
        TERRITORY,
        key="rule_id",
    ),
    MovedTable(
        "assets",
        "what is looked after",
        "slug name type longitude latitude attributes created_at retired_at past_lives",
        TERRITORY,
        {"parent_id": "assets"},
        key="asset_id",
    ),
    MovedTable(
        "devices",
        "boxes that report",
        "external_id name model codec state interval_s is_revisable created_at accepted_at accepted_by",
        TERRITORY,
        {"gateway_id": "devices"},
        key="device_id",
        numbered={"accepted_by": (("rule ", "acceptance_rules"),)},
    ),
    MovedTable(
        "retention_classes",
        "how long values of series are kept, in days",
        "retention_class raw_days hour_days day_days",
        selected=True,
    ),
    MovedTable(
        "series",
        "one quantity of one device or asset, in one unit, for ever",
        "channel quantity unit retention_class is_simulated created_at",
        TERRITORY,
        {"device_id": "devices", "asset_id": "assets"},
        key="series_id",
    ),
    MovedTable(
        "placements",
        "which asset a device told about when",
        "channel period",
        {"device_id": "devices", "asset_id": "assets"},
        key="placement_id",
    ),
    MovedTable(
        "batches",
        "transactions in which values were stored; the counts are of the whole batch, other territories included",
        "worker source received_at committed_at n_messages n_measurements decoder_version",
        key="batch_id",
        selected=True,
    ),
    MovedTable(
        "measurements",
        "one value of one series at one instant, in the unit of the series",
        "observed_at value",
        SERIES | BATCH,
        is_long=True,
    ),
    MovedTable("last_values", "the newest value of each series", "observed_at value", SERIES | BATCH, is_long=True),
    MovedTable("measurements_hourly", "values of an hour (UTC), summed up", BUCKET, SERIES, is_long=True),
    MovedTable("measurements_daily", "values of a civil day, summed up", BUCKET, SERIES, is_long=True),
    MovedTable(
        "counters_hourly",
        "increase of a counter in an hour",
        "bucket increase n_resets n_rollovers span_s",
        SERIES,
        is_long=True,
    ),
    MovedTable(
        "counters_daily",
        "increase of a counter in a civil day",
        "bucket increase n_resets n_rollovers span_s",
        SERIES,
        is_long=True,
    ),
    MovedTable(
        "states_hourly", "seconds in each state in an hour", "bucket state seconds n_entries", SERIES, is_long=True
    ),
    MovedTable(
        "states_daily", "seconds in each state in a civil day", "bucket state seconds n_entries", SERIES, is_long=True
    ),
    MovedTable(
        "counter_ranges", "at which number a counter begins again at 0", "channel quantity rolls_over_at", DEVICE
    ),
    MovedTable("series_drops", "spans of which retention has ended the values themselves", "dropped", SERIES),
    MovedTable("territory_drops", "the same of a territory: KPIs of these spans are final", "dropped", TERRITORY),
    MovedTable("changed_hours", "hours to be summed up again", "hour marked_at", SERIES),
    MovedTable("late_hours", "hours of which detectors have yet to know that values came late", "hour", SERIES),
    MovedTable("changed_days", "days whose KPIs are to be told again", "day cause actor", TERRITORY),
    MovedTable("group_days", "the same, by group of KPIs", "kpi_group day cause actor", TERRITORY),
    MovedTable(
        "clock_rules",
        "how times of a device's clock are made right",
        "period shift_s time_zone state since made_at made_by decided_at decided_by",
        DEVICE,
        key="rule_id",
    ),
    MovedTable(
        "device_clocks",
        "what was found about each device's clock",
        "verdict offset_s spread_s drift_s_per_day since has_own_time judged_at edges",
        DEVICE,
    ),
    MovedTable(
        "measurement_notes",
        "original times and flags beside single values",
        "observed_at original_at flag detail",
        SERIES,
        numbered={"detail": (("rule ", "clock_rules"),)},
    ),
    MovedTable(
        "revisions",
        "values that were changed: old, new, who, why",
        "observed_at old_value new_value revised_at revised_by reason",
        SERIES,
        key="revision_id",
    ),
    MovedTable(
        "message_keys", "ids of the last days' messages, against double storing", "message_id received_at", DEVICE
    ),
    MovedTable("device_presences", "last wills and births", "presence through changed_at", DEVICE),
    MovedTable("presence_changes", "when devices came and went", "changed_at presence", DEVICE),
    MovedTable(
        "intervals", "how often devices ought to send", "profile interval_s valid", TERRITORY, DEVICE, key="interval_id"
    ),
    MovedTable(
        "message_counts", "counts in messages that are not looked at yet", "basis session number sent_at", DEVICE
    ),
    MovedTable(
        "counters",
        "how far each session of a device has counted its messages",
        "session basis lowest lowest_at highest highest_at offset_n turned_at offset_before_n",
        DEVICE,
    ),
    MovedTable("listenings", "how far silences have been looked for", "heard_to last_at", DEVICE),
    MovedTable(
        "gaps",
        "messages that are missing, and why",
        "basis session began_at ended_at lasts first_number last_number missing n_missing cause reason "
        "evidence found_at attributed_at closed_at",
        DEVICE,
        key="gap_id",
    ),
    MovedTable("expectations", "messages heard and missing by hour", "hour basis n_heard n_missing", DEVICE),
    MovedTable(
        "rejections",
        "messages that could not be used, with their bytes",
        "source topic device received_at reason detail n_measurements payload format decoder_version "
        "resolved_at resolution n_settled speaks_for uplink",
        TERRITORY,
        {"device_id": "devices", "batch_id": "batches", "resolved_batch_id": "batches"},
        key="rejection_id",
    ),
    MovedTable(
        "deliveries",
        "the ledger: what became of all values, by hour of arrival",
        "source arrival_hour n_messages n_received n_stored n_duplicate n_rejected n_revised",
        TERRITORY,
        DEVICE,
        key="delivery_id",
    ),
    MovedTable(
        "deliveries_log",
        "the ledger's newest lines",
        "arrival_hour n_messages n_received n_stored n_duplicate n_rejected n_revised",
        TERRITORY | BATCH,
        DEVICE,
    ),
    MovedTable(
        "replay_requests",
        "asked replays of refused messages",
        "reason device format requested_at requested_by done_at n_messages n_unchanged n_stored "
        "n_duplicate n_rejected due_at",
        TERRITORY,
        key="request_id",
    ),
    *RESULTS,
    *SENSORTHINGS,
    *NGSI,
)
