"""Commands where there is no network: in a namespace of their own, with nothing but the loopback device, every attempt to reach beyond it
written down by strace, whichever program, thread or library makes it.
"""

import fcntl
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

_TRACED = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg,sendmmsg")
_SET_FLAGS, _UP = 0x8914, 0x1
_ADDRESS = re.compile(r"sin6?_port=htons\((\d+)\).*?(?:inet_addr\(|inet_pton\(AF_INET6, )\"([^\"]+)\"")
_NAMES = 53


@cache
def namespace() -> tuple[str, ...]:
    """The command that makes the namespace; nothing where this machine allows none, or no strace."""
    for command in (("unshare", "--map-root-user", "--net"), ("unshare", "--net")):
        if shutil.which("unshare") and shutil.which("strace"):
            trial = [*command, *_TRACED, "true"]
            if subprocess.run(trial, capture_output=True, check=False).returncode == 0:
                return command
    return ()


def alone(
    *command: str | Path, env: Mapping[str, str] | None = None, folder: Path | None = None
) -> tuple[subprocess.CompletedProcess[str], list[str]]:
    """Runs a command without a network; also what it tried to reach beyond the machine."""
    with TemporaryDirectory() as place:
        log = Path(place) / "calls"
        completed = subprocess.run(
            [*namespace(), sys.executable, "-m", "support.network.alone", *_TRACED, "-o", str(log), *map(str, command)],
            env={"PYTHONPATH": str(Path(__file__).parents[2]), **(os.environ if env is None else env)},
            cwd=folder, capture_output=True, text=True, check=False, timeout=900,
        )  # fmt: skip
        return completed, outward(log.read_text(encoding="utf-8", errors="replace").splitlines())


def outward(calls: Sequence[str]) -> list[str]:
    """Of calls as strace writes them, those whose address is another machine's, or anybody's who knows names."""
    return [call for call in calls if any(_is_outward(int(port), host) for port, host in _ADDRESS.findall(call))]


def _is_outward(port: int, host: str) -> bool:
    return port == _NAMES or not (host.startswith("127.") or host in ("::1", "::ffff:127.0.0.1"))


if __name__ == "__main__":
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh", b"lo", _UP))
    os.execvp(sys.argv[1], sys.argv[1:])
