"""People and programs that an OpenID provider vouches for."""
