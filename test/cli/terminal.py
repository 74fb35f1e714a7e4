"""Runs a command at a terminal of its own, and is the person before it.

    terminal.py <command> <argument>...

What the command prints comes on standard output. Takes orders, one a line, on standard input: `stop` and `go`, the keys
Ctrl-S and Ctrl-Q; `type <text>`, other keys, as a string of JSON; `hang up`, which closes the terminal. Then, or when the command ends, it prints `status <number>`, a
shell's status, and ends.
"""

import json
import os
import pty
import select
import sys

KEYS = {"stop": b"\x13", "go": b"\x11"}

pid, end = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])


watched = [sys.stdin, end]
while end in watched:
    for ready in select.select(watched, [], [], 0.1)[0]:
        if ready == end:
            try:
                os.write(1, os.read(end, 65536))
            except OSError:  # nobody has the other end any more
                watched.remove(end)
        else:
            order = sys.stdin.readline().strip()
            if order in KEYS:
                os.write(end, KEYS[order])
            elif order.startswith("type "):
                os.write(end, json.loads(order[len("type "):]).encode())
            elif order == "hang up":
                os.close(end)
                watched = []
                break
            elif order == "":
                watched.remove(sys.stdin)
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
os.write(1, b"\nstatus %d\n" % status)
