"""Where the product can listen, for what runs it from outside."""

import random
import socket


def three_free_ports():
    """The first of three ports in a row that nobody listens on, below those that systems hand out by themselves."""
    for _ in range(100):
        first = random.randrange(20_000, 30_000)
        sockets = []
        try:
            for port in range(first, first + 3):
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", port))
            return first
        except OSError:
            continue
        finally:
            for each in sockets:
                each.close()
    raise SystemExit("there are no three free ports in a row")
