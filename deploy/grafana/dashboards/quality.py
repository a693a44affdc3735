"""Data quality: what came and what became of it, who is silent, what is missing and why."""

from dataclasses import replace

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import GREEN, ORANGE, RED, Card

BALANCE = Card(
    "figure", "balance_ledger",
    ("Le compte des valeurs", "The account of values"),
    (
        "Valeurs reçues dans la période et leur issue. Chacune en a une seule : « sans issue » vaut toujours 0.",
        "Values received in the time shown and their outcome. Each has one: \"without outcome\" is always 0.",
    ),
    "received stored duplicate revised rejected unexplained", 16, 4, "short",
)  # fmt: skip
PRESENCE = Card(
    "figure", "count_presence",
    ("Capteurs en service", "Devices in service"),
    (
        "Entendus, muets (trois intervalles sans rien), et ceux dont on ne sait rien encore.",
        "Heard, silent (three intervals without anything), and those of which nothing is known yet.",
    ),
    "heard silent unknown", 8, 4, "short",
)  # fmt: skip
COMPLETENESS = Card(
    "curve", "read_completeness",
    ("Complétude des messages", "Completeness of messages"),
    (
        "Messages entendus sur messages attendus, par heure d’envoi ; par jour au-delà de deux semaines.",
        "Messages heard over messages expected, by hour of sending; by the day beyond two weeks.",
    ),
    "completeness", 12, 9, "percentunit", ((None, RED), (0.75, ORANGE), (0.95, GREEN)),
)  # fmt: skip
SILENT = Card(
    "table", "list_silent",
    ("Capteurs muets", "Silent devices"),
    (
        "Capteurs en service que l’on n’entend plus, ceux muets depuis le plus longtemps d’abord.",
        "Devices in service that are no longer heard, those silent for longest first.",
    ),
    "asset_id device asset model presence heard_at observed_at clock", 14, 9,
)  # fmt: skip
GAPS = Card(
    "bars", "count_gaps",
    ("Trous", "Gaps"),
    (
        "Trous dans les messages par début, et messages qui y manquent ; par heure jusqu’à deux jours.",
        "Gaps in the messages by their begin, and messages missing in them; by the hour up to two days.",
    ),
    "time n_gaps n_missing", 12, 9, "short",
)  # fmt: skip
CAUSES = Card(
    "table", "list_gap_causes",
    ("Causes des lacunes", "Causes of gaps"),
    (
        "À qui la faute : capteur, passerelle, courtier, plateforme, ou inconnue.",
        "Whose fault: device, gateway, broker, platform, or unknown.",
    ),
    "gap_cause n_gaps n_missing n_devices", 10, 9,
)  # fmt: skip
REJECTIONS = Card(
    "table", "list_rejections",
    ("Rejets par raison", "Rejections by reason"),
    (
        "Messages reçus dans la période qui n’ont pas pu être utilisés et attendent ; gardés, rejouables.",
        "Messages of the time shown that could not be used and wait; kept, and can be replayed.",
    ),
    "reason format rejections n_measurements n_devices received_at", 12, 9,
)  # fmt: skip
CLOCKS = Card(
    "table", "list_clocks",
    ("Horloges", "Clocks"),
    (
        "Capteurs dont l’horloge ne va pas bien, les plus décalées d’abord.",
        "Devices whose clock does not go well, those farthest off first.",
    ),
    "device clock offset_s drift_s_per_day since", 12, 9,
)  # fmt: skip

BOARD = Board(
    "quality",
    ("Qualité des données", "Data quality"),
    ("Ce qui est venu, ce qui manque, et pourquoi", "What came, what is missing, and why"),
    (
        BALANCE, PRESENCE,
        replace(recurring.LEDGER, width=12), COMPLETENESS,
        SILENT, CAUSES,
        GAPS, REJECTIONS,
        CLOCKS, replace(recurring.LAST_VALUES, width=12, height=9),
    ),
    since="now-24h",
)  # fmt: skip
