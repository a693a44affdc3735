"""Maintenance: what to repair first, who does it, and how right the announcements were."""

from deploy.grafana import recurring
from deploy.grafana.board import Board
from deploy.grafana.card import FEW_IS_GOOD, GREEN, ORANGE, RED, Card

WORK = Card(
    "figure", "count_work_orders",
    ("Charge de travail", "Work at hand"),
    (
        "Interventions qui attendent, dont la date prévue est passée, et closes dans la période.",
        "Work orders that wait, those whose date has passed, and those closed within the time shown.",
    ),
    "open_orders overdue_orders closed_orders", 8, 4, "short",
)  # fmt: skip
LOSS = Card(
    "figure", "sum_loss",
    ("Perte attendue", "Expected loss"),
    (
        "Somme, sur les équipements, de la probabilité de panne en 30 jours fois son coût ; coût d’un jour d’attente.",
        "Sum over the assets of the probability of failing in 30 days times its cost, and the cost of waiting a day.",
    ),
    "expected_loss_eur waiting_eur_per_day", 8, 4, "currencyEUR", ((None, GREEN), (1000, ORANGE), (10000, RED)),
)  # fmt: skip
INCIDENTS = Card(
    "figure", "count_incidents",
    ("Incidents en cours", "Open incidents"),
    (
        "Incidents du territoire, et les constats qu’ils réunissent : 200 lampes noires derrière une armoire font un.",
        "Incidents of the territory, and the findings in them: 200 dark lamps behind one cabinet are one.",
    ),
    "incidents n_findings", 8, 4, "short", FEW_IS_GOOD,
)  # fmt: skip
INCIDENT_LIST = Card(
    "table", "list_incidents",
    ("Incidents", "Incidents"),
    (
        "Constats de même cause, les plus graves d’abord. Un clic sur la phrase ouvre la page de Vigie.",
        "Findings with one cause, the most severe first. A click on the sentence opens Vigie's page.",
    ),
    "asset_id severity cause asset sentence n_findings n_assets started_at ended_at", 24, 8,
)  # fmt: skip
WEEKS = Card(
    "bars", "count_by_week",
    ("Ouvertes et closes par semaine", "Opened and closed by week"),
    (
        "Interventions du territoire sur treize semaines jusqu’à la fin de la période.",
        "Work orders of the territory over thirteen weeks up to the end of the time shown.",
    ),
    "week opened_orders closed_orders", 8, 8, "short",
)  # fmt: skip
TECHNICIANS = Card(
    "bars", "count_by_technician",
    ("Charge par technicien", "Load by technician"),
    (
        "Interventions qui attendent : sans date, planifiées, en retard.",
        "Work orders that wait: without a date, planned, overdue.",
    ),
    "technician open_orders planned_orders overdue_orders", 8, 8, "short",
)  # fmt: skip
ALARMS = Card(
    "bars", "read_alarm_loads",
    ("Alertes et budget d’alertes", "Alarms and their budget"),
    (
        "Alertes des sept jours qui précèdent, et ce que les techniciens peuvent en regarder ; trente jours.",
        "Alarms of the seven days before, and what technicians can look at; thirty days.",
    ),
    "day alarms budget", 8, 8, "short",
)  # fmt: skip

BOARD = Board(
    "maintenance",
    ("Maintenance et interventions", "Maintenance and work orders"),
    ("Ce qui est en panne, ce qui le sera, et qui s’en occupe", "What is broken, what will break, and who sees to it"),
    (
        WORK, LOSS, INCIDENTS,
        recurring.HEALTH,
        recurring.WORK_ORDERS,
        INCIDENT_LIST,
        WEEKS, TECHNICIANS, ALARMS,
        recurring.newest(
            "announcement_precision", "percentunit",
            ("Annonces justes", "Announcements that were right"),
            ("Part confirmée des interventions closes du mois.", "Confirmed share of the month's closed work orders."),
        ),
        recurring.newest(
            "announcement_lead_time", "d",
            ("Avance sur la panne", "Ahead of the failure"),
            ("Temps médian de la première annonce à la panne.", "Median time from the announcement to the failure."),
        ),
        recurring.newest(
            "failures_avoided", "short",
            ("Pannes évitées", "Failures avoided"),
            ("Annonces confirmées, trouvées encore en marche.", "Confirmed announcements found still working."),
        ),
        recurring.newest(
            "failures_avoided_value", "currencyEUR",
            ("Valeur des pannes évitées", "Value of failures avoided"),
            ("Les mêmes, fois ce que coûte une panne.", "The same times what a failure costs."),
        ),
        recurring.PRECISIONS,
        recurring.ASSET_CURVE,
    ),
    since="now-30d",
    kpis=("maintenance",),
)  # fmt: skip
