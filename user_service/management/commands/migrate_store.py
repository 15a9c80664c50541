"""Moves what is stored: to the layout of today, and to another Redis."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from rich.progress import Progress

from common.api.exceptions import Unavailable
from common.conf import env
from common.conf.redis_address import RedisAddressError, read_redis_address
from common.management.base import ServiceCommand
from user_service.store import connection, listing, moving, old_layout
from user_service.store.caches import describe_cache


class Command(ServiceCommand):
    """Can be stopped, and killed, at any moment: started again it goes on."""

    help = (
        "Moves what an older version has stored to the layout of today, some users at a time, while services of this "
        "version run (of older ones none may).\n\n"
        "With --to it then copies all to another Redis, of whatever kind, while services go on. At the end what is "
        "stored here is closed: it is read as ever, and each change of it is answered with 503 until user-service and "
        "its calendar reader are started with the other REDIS_URL. So nothing is lost that was acknowledged. Logins "
        "under way at a provider have to be begun again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Where to, and whether to give up."""
        super().add_arguments(parser)
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--to",
            nargs="?",
            const="",
            metavar="URL",
            help="The other Redis, as REDIS_URL would name it. Without a URL it is the one in OTHER_REDIS_URL, which "
            "is better where there is a password: the list of processes shows what stands here.",
        )
        what.add_argument(
            "--reopen",
            action="store_true",
            help="Let what is stored here be changed again, after a --to that was given up.",
        )

    def work(self, options: dict[str, Any]) -> None:
        """Moves, copies, and says of how many users. Raises CommandError, BadTarget, and Unavailable."""
        if options["reopen"]:
            moving.reopen()
            self._tell(options, "What is stored here can be changed.", {"reopened": True})
            return
        mover = None
        if options["to"] is not None:
            _open_target(options["to"])
            mover = moving.begin()
        with self.progress() as progress:
            task = progress.add_task("Moved", total=old_layout.count())
            moved = 0
            for number in old_layout.move_all():
                moved += number
                progress.advance(task, number)
            if mover:
                self._copy(progress, mover)
        numbers = {"moved": moved} | ({"copied": listing.count()} if mover else {})
        said = ", ".join(f"{what} {number}" for what, number in numbers.items())
        hint = ". Start user-service and its calendar reader with the other REDIS_URL." if mover else ""
        self._tell(options, f"{said}{hint}", numbers)

    def _copy(self, progress: Progress, mover: str) -> None:
        """All of it while services go on; then, when nothing changes any more, what has changed meanwhile."""
        for name in ("Copied", "Compared"):
            task = progress.add_task(name, total=listing.count())
            for number in moving.copy_all(mover):
                progress.advance(task, number)
            if not moving.is_closed():
                moving.close()
        moving.end(mover)

    def _tell(self, options: dict[str, Any], text: str, numbers: dict[str, Any]) -> None:
        if options["json"]:
            self.write_json(numbers)
        else:
            self.write(text)


def _open_target(url: str) -> None:
    source = "--to" if url else "OTHER_REDIS_URL"
    url = url or env.text("OTHER_REDIS_URL", "")
    if not url:
        raise CommandError("--to names no Redis, and neither does OTHER_REDIS_URL.")
    try:
        address = read_redis_address(url)
        cache = describe_cache(
            address,
            password=address.password,
            sentinel_password=settings.REDIS_SENTINEL_PASSWORD,
            seconds=settings.REDIS_SECONDS,
        )
    except RedisAddressError as fault:
        raise CommandError(f"{source} is no address of a Redis: {fault}.") from None
    except ValueError:
        raise CommandError(f"{source} has an option that makes no sense.") from None
    try:
        connection.open_other(moving.TARGET, cache)
    except Unavailable as fault:
        raise CommandError(f"{fault.detail}\nThe other Redis was looked for at {address.name()}.") from None
