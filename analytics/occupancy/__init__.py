"""How occupied car parks will be: their values on a grid of civil time, their rhythm, a model, and its intervals."""
