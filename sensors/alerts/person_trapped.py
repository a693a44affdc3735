"""Somebody who is trapped in a lift."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="person_trapped",
    name_fr="Personne bloquée dans un ascenseur",
    name_en="Person trapped in a lift",
    findings=("person_trapped",),
    steps_fr=(
        "Parler à la personne par l’interphone : combien sont-elles, quelqu’un se sent-il mal ?",
        "Malaise, panique, fumée, enfant seul : appeler les pompiers (18 ou 112) sans attendre.",
        "Appeler la ligne d’urgence de l’ascensoriste avec l’adresse et le numéro de l’appareil ; noter l’heure.",
        "Ne pas forcer les portes : seul un personnel formé dégage la cabine, après avoir coupé le courant.",
        "Rester en contact jusqu’à la sortie, puis laisser l’ascenseur à l’arrêt tant que la cause n’est pas trouvée.",
    ),
    steps_en=(
        "Speak with the person over the intercom: how many are they, is somebody unwell?",
        "Somebody unwell, panic, smoke, a child alone: call the fire brigade (18 or 112) without waiting.",
        "Call the emergency line of the lift company with the address and the lift's number; note the time.",
        "Do not force the doors: only trained staff free the car, with the power cut.",
        "Stay in contact until everybody is out, then keep the lift stopped until the cause is found.",
    ),
)
