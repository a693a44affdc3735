"""What a project cost and what the region gives: a share of the eligible invoices, up to a ceiling.

The rule of Bourgogne-Franche-Comté's support to smart territories, each number a parameter (`store.project.Subsidy`):
up to 40 % of the eligible investment, at most 300,000 EUR, a bonus of 10 % for environmental ambition (read as points
added to the share, or as a growth of the share: the wording allows both), 3 years to finish, invoices before the day
of eligibility left out. The holder brings at least 20 % of what all public hands together finance (Code général des
collectivités territoriales, article L1111-10): the region gives less where others give much. The ceiling holds with the
bonus too.
"""

from dataclasses import dataclass
from datetime import date

from store.project import Invoice, ProjectEntry, Subsidy


@dataclass(frozen=True, slots=True)
class Cost:
    """What a project cost [EUR without tax], what of it is eligible, what is given by the region and by others."""

    invested_eur: float
    eligible_eur: float
    subsidy_eur: float
    others_eur: float
    limited_by: str
    n_invoices: int
    n_invoices_left_out: int

    @property
    def own_eur(self) -> float:
        """What remains for the holder."""
        return self.invested_eur - self.subsidy_eur - self.others_eur


def cost_of(project: ProjectEntry, before: date) -> Cost:
    """Add up the invoices of a project dated before a day, and apply the rule; without any its declared cost stands."""
    dated = [invoice for invoice in project.invoices if invoice.invoiced_on < before]
    if not project.invoices:
        return apply_rule(project.subsidy, project.cost_eur, project.cost_eur, (0, 0))
    rule = project.subsidy
    eligible = [invoice for invoice in dated if rule is not None and is_counted(invoice, rule)]
    return apply_rule(
        rule,
        sum(invoice.amount_eur for invoice in dated),
        sum(invoice.amount_eur for invoice in eligible),
        (len(dated), len(dated) - len(eligible)),
    )


def is_counted(invoice: Invoice, rule: Subsidy) -> bool:
    """Say whether an invoice counts: eligible by its kind, and dated within the rule's span."""
    return invoice.is_eligible and rule.eligible_from <= invoice.invoiced_on < deadline(rule)


def deadline(rule: Subsidy) -> date:
    """Give the day from which invoices come too late; 29 February counts as the 28th."""
    begins = rule.granted_on or rule.eligible_from
    year = begins.year + rule.years_to_finish
    return begins.replace(year=year, day=28) if (begins.month, begins.day) == (2, 29) else begins.replace(year=year)


def apply_rule(rule: Subsidy | None, invested_eur: float, eligible_eur: float, counts: tuple[int, int]) -> Cost:
    """Give the least of what share, ceiling and the holder's own part allow, never below 0, and which it was."""
    if rule is None:
        return Cost(invested_eur, eligible_eur, 0.0, 0.0, "no subsidy is entered", *counts)
    allowed = {
        "share": share_of(rule) * eligible_eur,
        "ceiling": rule.ceiling_eur,
        "own share": (1 - rule.least_own_share) * eligible_eur - rule.other_subsidies_eur,
    }
    limit = min(allowed, key=lambda name: allowed[name])
    given = max(0.0, allowed[limit])
    return Cost(invested_eur, eligible_eur, given, rule.other_subsidies_eur, limit, *counts)


def share_of(rule: Subsidy) -> float:
    """Give the share of the eligible investment [1], bonus included."""
    if not rule.is_ambitious:
        return rule.share
    return rule.share + rule.bonus if rule.bonus_read_as == "points" else rule.share * (1 + rule.bonus)
