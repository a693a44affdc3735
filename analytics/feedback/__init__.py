"""Feedback: what technicians said of findings moves thresholds, slowly and within the territory's alarm budget."""
