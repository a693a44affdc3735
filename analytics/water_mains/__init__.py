"""Which water mains will break: breaks to expect of each, learnt from a network's own pipes and breaks.

`network` says what is known of pipes and breaks, `features` what was known of each at an instant, `model` learns from
past instants and foretells, `ranking` orders pipes and counts what a share of the length catches.
"""
