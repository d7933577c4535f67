"""Serving the dashboard from the command line: a free port, the server, and the browser of the person at the machine."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Sequence

from expectations.errors import InputError
from expectations.texts import Bilingual

_HOST = "127.0.0.1"
_READY_SECONDS = 60
_STEP_SECONDS = 0.25
_STOP_SECONDS = 5


def serve(command: Sequence[str], port: int, address: str, *, open_browser: bool) -> int:
    """Runs the server until it ends or Ctrl+C, with `address` in the browser; returns its exit code. Raises InputError when the port
    is taken."""
    require_free(port)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended by a service manager, the server ends too
    server = subprocess.Popen(command)
    try:
        if open_browser and has_display() and _ready(port, server):
            webbrowser.open(address)
        return server.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        server.terminate()
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:  # a page that is being drawn holds it up
            server.kill()
            server.wait()


def require_free(port: int) -> None:
    """Raises InputError when something listens on the port already."""
    with socket.socket() as probe:
        if probe.connect_ex((_HOST, port)) == 0:
            raise InputError(
                Bilingual(f"端口 {port} 已被占用", f"port {port} is in use"),
                hint=Bilingual("用 --port 指定另一个", "choose another with --port"),
            )


def has_display() -> bool:
    """Whether a browser window can be opened; a text browser must not take the terminal."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _ready(port: int, server: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + _READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://{_HOST}:{port}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(_STEP_SECONDS)
        else:
            return True
    return False
