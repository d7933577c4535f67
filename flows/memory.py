"""How much memory a process has taken: for the times of stages and the benchmark."""

import re
import resource
import sys
from pathlib import Path

_STATUS = Path("/proc/self/status")


def peak_memory_mb() -> float:
    """Peak resident memory of this process so far, in MB.

    Linux says it of this program alone; `getrusage` starts from what the process held that began this one.
    """
    if _STATUS.exists() and (peak := re.search(r"^VmHWM:\s+(\d+) kB", _STATUS.read_text(), re.MULTILINE)):
        return int(peak[1]) / 1024
    peak_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # bytes on macOS, kilobytes on Linux
    return peak_rss / (1024 * 1024 if sys.platform == "darwin" else 1024)
