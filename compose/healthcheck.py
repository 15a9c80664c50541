"""Exits with 0 when whatever listens on PORT says that it is alive. The images run it every few seconds.

Speaks HTTP over a plain socket: a client library would take four times as long to load.
"""

import os
import socket
import sys

SECONDS = 2

with socket.create_connection(("127.0.0.1", int(os.environ["PORT"])), SECONDS) as connection:
    connection.sendall(b"GET /health/live HTTP/1.0\r\nHost: localhost\r\n\r\n")
    sys.exit(b" 200 " not in connection.recv(64))
