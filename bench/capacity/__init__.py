"""How much machine a territory needs: a model of measured costs, and what measures and checks them."""
