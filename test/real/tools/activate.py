#!/usr/bin/env python3
"""activate.py ADDRESS... -- COMMAND...: opens stream sockets and hands them to the command from descriptor 3 on.

That is what systemd does for a service with a .socket unit (sd_listen_fds(3)).
"""
import os
import socket
import sys

cut = sys.argv.index("--")
addresses, command = sys.argv[1:cut], sys.argv[cut + 1:]
opened = []
for address in addresses:
    if address.startswith("/"):
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.bind(address)
        os.chmod(address, 0o666)
    else:
        host, _, port = address.rpartition(":")
        s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((host or "0.0.0.0", int(port)))
    s.listen(128)
    opened.append(s)
# First out of the way, then into place: 3 may be one of the sockets' own numbers.
high = [os.dup2(s.fileno(), 100 + i) for i, s in enumerate(opened)]
for i, fd in enumerate(high):
    os.dup2(fd, 3 + i, inheritable=True)
os.environ["LISTEN_FDS"] = str(len(opened))
os.environ["LISTEN_PID"] = str(os.getpid())
os.execvp(command[0], command)
