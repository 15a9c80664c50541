"""Why an answer holds no time (contract, sections 5 and 6). Pure."""

NO_AVAILABILITY = "no_availability"
NO_OVERLAP = "no_overlap"
TOO_SHORT = "too_short"
