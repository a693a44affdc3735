"""The words of the form, in plain language."""

from collections.abc import Mapping

from sensors.language import Language

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "title": "Signaler une panne",
        "lead": "Une lampe éteinte, un conteneur plein, une fuite d’eau : dites-le ici. C’est anonyme.",
        "other_language": "English",
        "kind": "De quoi s’agit-il ?",
        "where": "Où est-ce ?",
        "where_hint": "Une seule de ces indications suffit.",
        "asset": "Numéro inscrit sur l’équipement",
        "place": "Adresse ou repère",
        "latitude": "Latitude",
        "longitude": "Longitude",
        "locate": "Utiliser ma position",
        "located": "Position notée.",
        "not_located": "La position n’a pas pu être trouvée : donnez une adresse.",
        "position": "Coordonnées, si vous les connaissez",
        "note": "Que voyez-vous ? (facultatif)",
        "note_hint": "N’écrivez ni nom, ni adresse électronique, ni téléphone : rien ne permet de vous recontacter.",
        "send": "Envoyer le signalement",
        "faults": "Le signalement n’est pas parti",
        "fault_kind": "Choisissez de quoi il s’agit.",
        "fault_where": "Dites où c’est : un numéro, une adresse ou une position.",
        "fault_position": "Ces coordonnées n’existent pas : la latitude va de −90 à 90, la longitude de −180 à 180.",
        "fault_note": "Le texte est trop long : 500 caractères au plus.",
        "fault_often": "Trop de signalements viennent d’ici : réessayez dans quelques minutes.",
        "thanks": "Merci, le signalement est enregistré",
        "reference": "Référence",
        "keep": "Gardez l’adresse de cette page : elle dit où en est le signalement. Elle ne dit pas qui l’a fait.",
        "about": "Équipement",
        "reported_at": "Signalé le",
        "state": "État",
        "again": "Signaler autre chose",
        "nowhere": "Ce territoire ne prend pas de signalements ici.",
        "open": "à traiter",
        "assigned": "confié à une équipe",
        "planned": "intervention prévue",
        "started": "intervention en cours",
        "closed": "terminé",
        "unknown": "Aucun signalement ne porte cette référence.",
    },
    "en": {
        "title": "Report a fault",
        "lead": "A dark lamp, a full container, a water leak: say so here. It is anonymous.",
        "other_language": "Français",
        "kind": "What is it about?",
        "where": "Where is it?",
        "where_hint": "One of these is enough.",
        "asset": "Number written on it",
        "place": "Address or landmark",
        "latitude": "Latitude",
        "longitude": "Longitude",
        "locate": "Use my position",
        "located": "Position noted.",
        "not_located": "The position could not be found: give an address.",
        "position": "Coordinates, if you know them",
        "note": "What do you see? (optional)",
        "note_hint": "Write no name, e-mail address or telephone number: nobody can get back to you.",
        "send": "Send the report",
        "faults": "The report was not sent",
        "fault_kind": "Choose what it is about.",
        "fault_where": "Say where it is: a number, an address or a position.",
        "fault_position": "The coordinates cannot be: latitude lies within −90 to 90, longitude within −180 to 180.",
        "fault_note": "The text is too long: at most 500 characters.",
        "fault_often": "Too many reports come from here: try again in some minutes.",
        "thanks": "Thank you, the report is recorded",
        "reference": "Reference",
        "keep": "Keep the address of this page: it says how far the report is. It does not say who made it.",
        "about": "About",
        "reported_at": "Reported on",
        "state": "State",
        "again": "Report something else",
        "nowhere": "This territory takes no reports here.",
        "open": "to be done",
        "assigned": "given to a team",
        "planned": "planned",
        "started": "under way",
        "closed": "done",
        "unknown": "No report bears this reference.",
    },
}


def choose_language(asked: str | None, accepted: str) -> Language:
    """Give the language asked for, else the first that a browser accepts, else French."""
    if asked in ("fr", "en"):
        return "en" if asked == "en" else "fr"
    for part in accepted.lower().split(","):
        tag = part.strip()[:2]
        if tag in ("fr", "en"):
            return "en" if tag == "en" else "fr"
    return "fr"
