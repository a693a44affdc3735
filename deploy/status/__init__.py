"""How all parts of the platform stand, in one screen: `vigie status`."""
