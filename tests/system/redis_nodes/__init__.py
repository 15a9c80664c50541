"""The system on several Redis that watch each other, with faults caused between them."""
