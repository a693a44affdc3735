"""The platform itself: brokers, rollups, devices that wait, replays, and what Vigie costs in energy."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import GREEN, ORANGE, RED, Card

SESSIONS = Card(
    "figure", "count_sessions",
    ("Connexions aux courtiers", "Connections to brokers"),
    ("Sessions connectées, et sessions en tout.", "Sessions that are connected, and all sessions."),
    "n_connected n_sessions", 6, 4, "short",
)  # fmt: skip
LAG = Card(
    "figure", "read_lag",
    ("Retard des agrégats", "Lag of rollups"),
    (
        "Depuis l’heure la plus tardive qui est calculée : moins de deux heures est normal.",
        "Since the newest hour that is computed: less than two hours is normal.",
    ),
    "lag_s", 6, 4, "s", ((None, GREEN), (7800, ORANGE), (14400, RED)),
)  # fmt: skip
DEVICES = Card(
    "figure", "count_devices",
    ("Capteurs", "Devices"),
    ("Capteurs en service, et capteurs qui attendent d’être acceptés.", "Devices in service, and those that wait."),
    "n_devices pending", 6, 4, "short",
)  # fmt: skip
SOURCES = Card(
    "table", "list_sources",
    ("Sources", "Sources"),
    (
        "Sessions avec chaque courtier : connectée ou non, depuis quand, dernier message, erreur.",
        "Sessions with each broker: connected or not, since when, newest message, error.",
    ),
    "source session connected changed_at last_message_at error", 14, 8,
)  # fmt: skip
ROLLUPS = Card(
    "table", "list_rollups",
    ("Agrégats", "Rollups"),
    ("Jusqu’où chaque agrégat est calculé.", "How far each rollup is computed."),
    "rollup computed_to lag_s", 10, 8,
)  # fmt: skip
ARRIVALS = Card(
    "curve", "read_arrivals",
    ("Valeurs reçues par source", "Values received by source"),
    ("Valeurs par heure d’arrivée et par source.", "Values by hour of arrival and by source."),
    "", 24, 8, "short",
)  # fmt: skip
PENDING = Card(
    "table", "list_pending",
    ("Capteurs qui attendent", "Devices that wait"),
    (
        "Capteurs inconnus qui ont parlé ; on les accepte sur la page de Vigie.",
        "Unknown devices that spoke; they are accepted on Vigie's page.",
    ),
    "device territory device_state since rejections", 12, 8,
)  # fmt: skip
REPLAYS = Card(
    "table", "list_replays",
    ("Rejeux", "Replays"),
    ("Messages rejetés que l’on a fait rejouer dans la période.", "Rejected messages replayed within the time shown."),
    "territory reason device format requested_at done_at n_messages stored rejected", 12, 8,
)  # fmt: skip
THRESHOLDS = Card(
    "table", "list_thresholds",
    ("Seuils déplacés", "Thresholds that moved"),
    (
        "Facteurs en vigueur sur les seuils des constats, et pourquoi ils ont bougé.",
        "Factors in force on the thresholds of findings, and why they moved.",
    ),
    "territory kind asset_type factor_before factor moved_because moved_at", 24, 8,
)  # fmt: skip

BOARD = Board(
    "operations",
    ("Exploitation de la plateforme", "Platform operations"),
    ("Vigie elle-même : courtiers, agrégats, files, énergie", "Vigie itself: brokers, rollups, queues, energy"),
    (
        SESSIONS, LAG, DEVICES,
        recurring.newest(
            "platform_energy", "kwatth",
            ("Énergie de Vigie", "Energy of Vigie"),
            ("Temps de calcul fois des watts supposés, le mois.", "CPU time times assumed watts, the month."),
        ),
        SOURCES, ROLLUPS,
        ARRIVALS,
        PENDING, REPLAYS,
        THRESHOLDS,
        recurring.months(
            "platform_bytes_stored", "bytes",
            ("Octets conservés", "Bytes stored"),
            ("Part du territoire dans ce que Vigie conserve.", "The territory's part of what Vigie keeps."),
        ),
        recurring.months(
            "platform_cpu", "s",
            ("Temps de calcul", "CPU time"),
            ("Part du territoire dans le temps de calcul.", "The territory's part of the CPU time."),
        ),
        replace(recurring.LEDGER, width=24),
    ),
    since="now-24h",
    kpis=("platform",),
)  # fmt: skip
