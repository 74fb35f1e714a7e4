"""Plays the part of systemd for one service, by its protocols: sd_listen_fds(3), sd_notify(3), systemd.kill(5).

    supervisor.py <environment> <tcp|unix|pipe>... -- <command> <argument>...

Holds a listening socket of each kind given (a pipe, too, which is none), hands them to the command, which runs with the
variables of a JSON object as its environment, and takes its notifications. Tells, one JSON
object a line on standard output: {"port"}, {"pid"}, {"message"} for each notification, {"line"} for each line that the
command prints, {"status"} when it ended (a shell's status). Takes commands, one a line, on standard input: `restart` and
`stop`, which send SIGTERM and wait; at the end of its input it kills what runs.
"""

import fcntl
import json
import os
import signal
import socket
import sys
import tempfile
import threading

FIRST_DESCRIPTOR = 3
ABOVE_DESCRIPTORS = 100
BACKLOG = 4096

folder = tempfile.TemporaryDirectory(prefix="mkbox-supervisor-")
lock = threading.Lock()


def tell(**facts):
    with lock:
        print(json.dumps(facts), flush=True)


def listening(kind):
    if kind == "pipe":
        return os.pipe()[0]
    if kind == "unix":
        server = socket.socket(socket.AF_UNIX)
        server.bind(os.path.join(folder.name, "listen"))
    else:
        server = socket.create_server(("127.0.0.1", 0))
        tell(port=server.getsockname()[1])
    server.listen(BACKLOG)
    return server.detach()


def start(command, descriptors, notify_path):
    output, output_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        high = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, ABOVE_DESCRIPTORS) for descriptor in descriptors]
        os.dup2(output_end, 1)
        os.dup2(output_end, 2)
        for number, descriptor in enumerate(high):
            os.dup2(descriptor, FIRST_DESCRIPTOR + number, inheritable=True)
        ours = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(high)), "NOTIFY_SOCKET": notify_path}
        if "WATCHDOG_USEC" in environment:
            ours["WATCHDOG_PID"] = str(os.getpid())
        os.execve(command[0], command, {**ours, **environment})
    os.close(output_end)
    tell(pid=pid)
    threading.Thread(target=forward, args=[output], daemon=True).start()
    return pid


def forward(output):
    with os.fdopen(output, encoding="utf8") as lines:
        for line in lines:
            tell(line=line.rstrip("\n"))


def take_notifications(notifications):
    while True:
        message = notifications.recv(4096).decode()
        if message != "BARRIER=1":  # whose descriptor is closed by not being taken: the sender may go on
            tell(message=message)


def end(pid, how):
    os.kill(pid, how)
    tell(status=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


separator = sys.argv.index("--")
command = sys.argv[separator + 1 :]
environment = json.loads(sys.argv[1])
descriptors = [listening(kind) for kind in sys.argv[2:separator]]
notifications = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
notifications.bind(os.path.join(folder.name, "notify"))
threading.Thread(target=take_notifications, args=[notifications], daemon=True).start()

running = start(command, descriptors, notifications.getsockname())
for order in map(str.strip, sys.stdin):
    end(running, signal.SIGTERM)
    if order == "stop":
        break
    running = start(command, descriptors, notifications.getsockname())
else:
    end(running, signal.SIGKILL)
