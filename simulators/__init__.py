"""Software that stands in for physical sensors and gateways: the town, its faults, the publisher, replay."""
