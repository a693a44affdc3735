"""A gateway that relays nothing, or many devices that are silent at once."""

from sensors.alerts import AlertKind

KIND = AlertKind(
    name="silent_gateway",
    name_fr="Passerelle muette",
    name_en="Silent gateway",
    causes=("gateway_silent", "network_lost", "silent_together"),
    findings=("silent_gateway",),
    steps_fr=(
        "Regarder dans Vigie depuis quand. D’autres passerelles du réseau muettes ? Appeler l’opérateur.",
        "Vérifier l’alimentation sur place : disjoncteur, voyant, câble.",
        "Vérifier le lien : carte SIM et forfait, câble réseau, antenne.",
        "Redémarrer la passerelle et attendre dix minutes : l’incident se ferme quand les appareils parlent.",
        "Si elle garde ses messages, ne pas l’effacer : ce qui manque arrive après la remise en service.",
    ),
    steps_en=(
        "See in Vigie since when, and whether other gateways of the same network are silent: if so, call the operator.",
        "Check the power on site: breaker, light, cable.",
        "Check the link: SIM card and contract, network cable, antenna.",
        "Restart the gateway and wait ten minutes: Vigie closes the incident when the devices speak again.",
        "If it keeps its messages, do not wipe it: what is missing comes once it is back.",
    ),
)
