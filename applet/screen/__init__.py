"""The customer's monitors: what there is to see, read when it may be seen."""
