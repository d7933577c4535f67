"""A supervisor of toys: `python -m support.house.toys FOLDER NAME…` keeps real processes of a few megabytes, each of which writes its number and
that of a child into the folder. What a toy is like, its name says.
"""

import os
import sys
from pathlib import Path

from flows.serving.lines import open_log
from flows.serving.parts import Part
from flows.serving.supervisor import Patience, Supervisor

_TOY = """
import os, signal, sys, time
folder, name = sys.argv[1:]
child = os.fork()
if child == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(600)
def end(*_):
    with open(f"{folder}/ended", "a") as order:
        order.write(name + "\\n")
    os._exit(0)
signal.signal(signal.SIGTERM, signal.SIG_IGN if name == "stubborn" else end)
print("Traceback (most recent call last):\\nValueError: 示例嫌疑人", flush=True)
held = b"x" * (60_000_000 if name.startswith("large") else 0)
with open(f"{folder}/{name}.part", "w") as numbers:
    numbers.write(f"{os.getpid()} {child}")
os.rename(f"{folder}/{name}.part", f"{folder}/{name}")
if name == "dying":
    sys.exit(7)
time.sleep(600)
"""
PATIENCE = Patience(look=0.05, ask=0.1, silent=1.5, well=600, longest_delay=2)
MOST_BYTES = 50_000_000


def toy(folder: Path, name: str) -> Part:
    """A part that answers unless it is mute, and is at work as long as the folder says so."""
    return Part(
        name,
        (sys.executable, "-I", "-S", "-c", _TOY, str(folder), name),
        os.environ,
        lambda: name != "mute" and (folder / name).exists(),
        lambda pid: (folder / "at_work").exists(),
        after="steady" if name == "late" else "",
        stop_seconds=1,
    )


if __name__ == "__main__":
    place = Path(sys.argv[1])
    open_log(None)
    sys.exit(128 + Supervisor([toy(place, name) for name in sys.argv[2:]], MOST_BYTES, PATIENCE).run())
