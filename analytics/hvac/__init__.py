"""Air handling units and boilers judged by the physics of what their own controllers ask for: pure functions."""
