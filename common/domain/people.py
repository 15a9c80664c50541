"""Sets of people as integers: a bit for each. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class People:
    """Which bit stands for whom. The first email is the most significant bit."""

    emails: tuple[str, ...]

    @property
    def everybody(self) -> int:
        """The set of all of them."""
        return (1 << len(self.emails)) - 1

    def bits(self, chosen: Iterable[str]) -> int:
        """The set of those of `chosen` who are among these people."""
        wanted = frozenset(chosen)
        return int("".join("1" if email in wanted else "0" for email in self.emails) or "0", 2)

    def names(self, bits: int) -> list[str]:
        """The emails of a set, sorted."""
        digits = format(bits, f"0{len(self.emails)}b")  # of no people at all still one, a 0
        return sorted(email for email, digit in zip(self.emails, digits, strict=False) if digit == "1")
