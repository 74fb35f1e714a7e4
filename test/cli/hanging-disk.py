"""Runs a command beside a disk that can stop answering, as a network drive does whose server is gone.

    unshare -Urm python3 hanging-disk.py <folder> <command> <argument>...

SIGUSR1 mounts a file system over the folder that answers nothing (fuse(4)), SIGUSR2 takes it away. SIGTERM is passed on;
ends with the command's status. Ends at once with 1 where the system lets nobody do that.
"""

import ctypes
import os
import signal
import subprocess
import sys

MNT_DETACH = 2
PR_SET_PDEATHSIG = 1

folder, *command = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
disk = None


def check(status):
    if status != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), folder)


def hang(*_):
    global disk
    disk = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={disk},rootmode=40000,user_id={os.getuid()},group_id={os.getgid()}"
    check(libc.mount(b"hanging", folder.encode(), b"fuse", 0, options.encode()))


def answer(*_):
    check(libc.umount2(folder.encode(), MNT_DETACH))
    os.close(disk)  # whoever still waits is told that nobody is there


hang()
answer()
child = subprocess.Popen(
    command, stdin=subprocess.DEVNULL, preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
)
signal.signal(signal.SIGUSR1, hang)
signal.signal(signal.SIGUSR2, answer)
signal.signal(signal.SIGTERM, lambda *_: child.terminate())
sys.exit(child.wait())
