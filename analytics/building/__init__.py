"""Energy of buildings as a function of weather and week: models, what they leave open, and what they cannot say."""
