"""How the browsable API looks here, and its forms."""
