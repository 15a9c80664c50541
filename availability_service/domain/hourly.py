"""How many of a group are free in each hour of a window: the numbers behind When2Meet's picture. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from availability_service.domain.timeline import Piece, hours
from common.domain.utc_offsets import offsets
from common.domain.window import Window


@dataclass(frozen=True, slots=True)
class Cell:
    """An hour by the clock of the asked zone, cut by the window's ends and by clock changes.

    `throughout` and `partly` are the sets of those who are free for all and for only some of it;
    `quorum_minutes` says for how long enough of the required people are free at once.
    """

    start: int
    end: int
    pieces: tuple[Piece, ...]
    throughout: int
    partly: int
    quorum_minutes: int

    def minutes_of(self, person: int) -> int:
        """For how many minutes of the hour a person, given as a set of one, is free."""
        return sum(piece.end - piece.start for piece in self.pieces if piece.present & person)


def cells(pieces: Sequence[Piece], window: Window, required: int, quorum: int) -> list[Cell]:
    """The hours of the window, in order and without gaps. `pieces` are those of its timeline."""
    starts = [minute for minute, _ in hours(offsets(window.zone, window.start, window.end), window.end)]
    return [_cell(inside, required, quorum) for inside in _cut(pieces, [*starts, window.end])]


def _cut(pieces: Sequence[Piece], borders: Sequence[int]) -> Iterator[tuple[Piece, ...]]:
    """The pieces between each border and the next, cut at the borders."""
    waiting = iter(pieces)
    piece = next(waiting)
    for start, end in pairwise(borders):
        inside = []
        while piece.end < end:
            inside.append(Piece(max(start, piece.start), piece.end, piece.present))
            piece = next(waiting)
        inside.append(Piece(max(start, piece.start), end, piece.present))
        if piece.end == end:
            piece = next(waiting, piece)
        yield tuple(inside)


def _cell(inside: tuple[Piece, ...], required: int, quorum: int) -> Cell:
    throughout, ever, together = ~0, 0, 0
    for piece in inside:
        throughout &= piece.present
        ever |= piece.present
        if (piece.present & required).bit_count() >= quorum:
            together += piece.end - piece.start
    return Cell(inside[0].start, inside[-1].end, inside, throughout, ever & ~throughout, together)
