"""The settings of all three services at once: what the type checker looks them up in. Nothing runs with them."""

from availability_service.settings import *
from suggestion_service.settings import *
from user_service.settings import *
