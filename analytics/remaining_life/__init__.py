"""How long an asset or a machine will last: rolling features and boosted trees, or a survival curve.

`features` and `model` where many units ran to their end and said something on the way; `survival` where there are but
ages and few failures. Both say how sure they are, and say nothing where too few units ended. `trees` keeps boosted
trees as plain arrays, `registry` the models that were trained, and which of them is in use.
"""
