"""Why figures are withheld, in French: sentences of the KPIs, with the places for their numbers and names.

A sentence that is not here stands in English, marked as such. What follows “not known: ” is looked up alone.
"""

import re
from functools import cache

UNKNOWN = "not known: "
SENTENCES = (
    ("too little data: # of the time is known, # are needed",
     "trop peu de données : {0} du temps est connu, il en faut {1}"),
    ("too few messages: # of those expected came, # are needed",
     "trop peu de messages : {0} des messages attendus sont arrivés, il en faut {1}"),
    ("nothing was expected in this period", "rien n’était attendu pendant cette période"),
    ("the inputs give no value", "les données ne donnent pas de valeur"),
    ("the counter's increase came about in # days, more than the period",
     "l’index du compteur a augmenté en {0} jours, plus que la période"),
    ("the baseline has # metered nights, # are needed", "la période de référence a {0} nuits comptées, il en faut {1}"),
    ("the baseline has # metered days of # with weather, # are needed",
     "la période de référence a {0} jours comptés avec météo ({1}), il en faut {2}"),
    ("the asset has no position: its dark hours are not known",
     "l’équipement n’a pas de position : ses heures d’obscurité ne sont pas connues"),
    ("the baseline's meter counted nothing", "le compteur n’a rien compté pendant la période de référence"),
    ("the baseline's # meter counted nothing", "le compteur ({0}) n’a rien compté pendant la période de référence"),
    ("the baseline's model says that nothing would have been used",
     "d’après la période de référence, rien n’aurait été consommé"),
    ("the period ends before the works began", "la période finit avant le début des travaux"),
    ("nights of this period are longer or shorter than any of the baseline",
     "des nuits de cette période sont plus longues ou plus courtes que toutes celles de la référence"),
    ("days of this period are colder or warmer than any of the baseline",
     "des jours de cette période sont plus froids ou plus chauds que tous ceux de la référence"),
    ("the meter does not account for any night of this period",
     "le compteur ne rend compte d’aucune nuit de cette période"),
    ("the # meter or the weather does not account for any day of this period",
     "le compteur ({0}) ou la météo ne rend compte d’aucun jour de cette période"),
    ("no price or no baseline for the night of #", "pas de prix ou pas de référence pour la nuit du {0}"),
    ("no price, or no day of the baseline, for #", "pas de prix, ou pas de jour de référence, pour le {0}"),
    ("no meter can be told", "aucun compteur ne peut être évalué"),
    ("no meter of electricity, gas or heat belongs to the asset",
     "aucun compteur d’électricité, de gaz ou de chaleur n’est rattaché à l’équipement"),
    ("negative energy was counted", "le compteur a compté une énergie négative"),
    ("no watts of before are entered", "la puissance d’avant les travaux n’est pas saisie"),
    ("# of # lamps have no watts of before entered", "la puissance d’avant n’est pas saisie pour {0} lampes sur {1}"),
    ("# degree days, # are needed", "{0} degrés-jours, il en faut {1}"),
    ("# nights are known, # are needed", "{0} nuits sont connues, il en faut {1}"),
    ("no heating value of gas is entered", "le pouvoir calorifique du gaz n’est pas saisi"),
    ("no tariff is entered", "aucun tarif n’est saisi"),
    ("no tariff for the end of the baseline", "aucun tarif pour la fin de la période de référence"),
    ("no tariff of # for the end of the baseline", "aucun tarif ({0}) pour la fin de la période de référence"),
    ("no emission factor of # for #", "aucun facteur d’émission ({0}) pour le {1}"),
    ("no emission factor of electricity holds in this period",
     "aucun facteur d’émission de l’électricité ne vaut pour cette période"),
    ("no opening hours are entered, or none lie in this period",
     "aucune heure d’ouverture n’est saisie, ou aucune ne tombe dans cette période"),
    ("no collection plan holds in this period", "aucun plan de collecte ne vaut pour cette période"),
    ("no collection plan is entered for its sector and waste stream",
     "aucun plan de collecte n’est saisi pour son secteur et son flux"),
    ("# of the confirmed work orders say how the thing was found",
     "{0} des ordres de travail confirmés disent dans quel état l’équipement a été trouvé"),
    ("no closed work order says when something announced had failed",
     "aucun ordre de travail clos ne dit depuis quand ce qui était annoncé était en panne"),
    ("no round was due", "aucune tournée n’était prévue"),
    ("the # of a round are not entered for #", "les données d’une tournée ne sont pas saisies ({0}) pour {1}"),
    ("factor # is not entered", "le facteur {0} n’est pas saisi"),
    ("factors # and # are not entered", "les facteurs {0} et {1} ne sont pas saisis"),
    ("no stay is known", "aucun stationnement n’est connu"),
    ("no car came: there is no stay to measure", "aucune voiture n’est venue : il n’y a pas de durée à mesurer"),
    ("the sensor cannot be believed", "le capteur n’est pas crédible"),
    ("the number of connections is not entered", "le nombre de branchements n’est pas saisi"),
    ("no price of water is entered", "aucun prix de l’eau n’est saisi"),
    ("the size of the database was not noted", "la taille de la base de données n’a pas été relevée"),
    ("no energy saved is known for this period", "aucune énergie économisée n’est connue pour cette période"),
    ("no project can be told", "aucun projet ne peut être évalué"),
    ("nothing was invested", "rien n’a été investi"),
    ("no subsidy is entered", "aucune subvention n’est saisie"),
    ("# of # months are known by #, # are needed", "{0} mois sur {1} sont connus ({2}), il en faut {3}"),
)  # fmt: skip


def in_french(reason: str) -> str | None:
    """Give a reason in French, None where it is not known here.

    >>> in_french("not known: 12 nights are known, 14.5 are needed")
    'inconnu : 12 nuits sont connues, il en faut 14,5'
    """
    if reason.startswith(UNKNOWN):
        rest = in_french(reason.removeprefix(UNKNOWN))
        return None if rest is None else f"inconnu : {rest}"
    for pattern, french in patterns():
        if match := pattern.fullmatch(reason):
            return french.format(*map(written, match.groups()))
    return None


@cache
def patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Make patterns of the sentences, `#` being a number or a name."""
    return tuple((re.compile(re.escape(english).replace(r"\#", "(.+?)")), french) for english, french in SENTENCES)


def written(place: str) -> str:
    """Write a number of a sentence as French does; names stay."""
    if re.fullmatch(r"\d+(\.\d+)?%?", place):
        return place.replace(".", ",").replace("%", "\u00a0%")
    return place
