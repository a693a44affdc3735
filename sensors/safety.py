"""Kinds of findings that people's safety hangs on: no verdict and no alarm budget ever mutes them."""

SAFETY_KINDS = frozenset({"container_fire", "gas_leak", "cabinet_tripped", "person_trapped", "structure_limit"})
