"""Clocks of devices: what their messages' delays say of them, rules that make their times right, findings."""
