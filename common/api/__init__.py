"""Our habits on top of REST framework."""
