"""The groups of the `vigie` command; each module gives `add_to(app)`."""
