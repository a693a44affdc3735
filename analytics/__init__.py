"""What is computed from stored measurements: rollups, detectors, maintenance hints, KPIs."""
