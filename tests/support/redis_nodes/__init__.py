"""Several Redis that watch each other, as a cluster or under Sentinels, with faults to be caused between them."""
