"""Why a calendar cannot be read: in words for people, who see neither a secret nor a private address in them."""


class Refused(Exception):  # noqa: N818  a state of a calendar
    """It will not get better by trying again: a private address, a wrong password, nothing there."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Failing(Exception):  # noqa: N818  a state of a calendar
    """It may get better by trying again: no answer in time, a fault of the server, an answer that is too large."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
