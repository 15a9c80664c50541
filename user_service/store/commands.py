"""Commands of Redis, and how one node carries them out."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import redis

from user_service.store.keys import closed, read_tag

_UNLESS_CLOSED = "if redis.call('EXISTS', KEYS[#KEYS]) == 1 then return redis.error_reply('CLOSED') end"


class Command(NamedTuple):
    """A command for the node that has the key. All its keys lie in the same slot."""

    key: str
    arguments: tuple[Any, ...]


class TooFewReplicas(redis.RedisError):
    """A change was made, and fewer replicas have it than are asked for."""


def command(name: str, key: str, *arguments: Any) -> Command:
    """A command whose key comes first."""
    return Command(key, (name, key, *arguments))


def script(text: str, keys: Sequence[str], *arguments: Any) -> Command:
    """A script in Lua. All keys that it touches have to be among the keys: one may be moving to another node.

    It is sent each time: what a node keeps of scripts is lost with the node.
    """
    return Command(keys[0], ("EVAL", text, len(keys), *keys, *arguments))


def change(text: str, keys: Sequence[str], *arguments: Any) -> Command:
    """A script that changes a bucket, unless that has moved to another Redis: then the answer is CLOSED."""
    return script(f"{_UNLESS_CLOSED}\n{text}", [*keys, closed(read_tag(keys[0]))], *arguments)


def run_on_node(
    node: redis.Redis, commands: Sequence[Command], *, replicas: int = 0, is_asking: bool = False
) -> list[Any]:
    """The answers, in order; what the node refuses is among them, as an exception. One round trip.

    With `replicas` the last write of all is waited for: WAIT counts for the connection on which it is sent, and so for
    no other trip. `is_asking` tells a node that a slot is moving there (Redis Cluster, "ASK redirection").
    Raises redis.ConnectionError, redis.TimeoutError, and TooFewReplicas.
    """
    if len(commands) == 1 and not replicas and not is_asking:
        try:
            return [node.execute_command(*commands[0].arguments)]
        except redis.ResponseError as fault:
            return [fault]
    with node.pipeline(transaction=False) as pipeline:
        for each in commands:
            if is_asking:
                pipeline.execute_command("ASKING")
            pipeline.execute_command(*each.arguments)
        if replicas:
            pipeline.wait(replicas, _wait_milliseconds(node))
        answers = pipeline.execute(raise_on_error=False)
    if replicas:
        # A server that has just become a replica itself does not tell a number.
        count = 0 if isinstance(answers[-1], Exception) else answers[-1]
        del answers[-1]
    if is_asking:
        answers = answers[1::2]
    if replicas and count < replicas and not all(isinstance(answer, Exception) for answer in answers):
        # Connections to a server that others no longer know would stay with it for as long as it lives.
        node.connection_pool.disconnect(inuse_connections=False)
        raise TooFewReplicas
    return answers


def _wait_milliseconds(node: redis.Redis) -> int:
    """Half of the time in which the answer must be here."""
    seconds: float = node.connection_pool.connection_kwargs["socket_timeout"]
    return int(seconds * 500)
