"""When somebody is free each week."""
