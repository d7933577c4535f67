"""A file that can't be loaded: why, in one line, and what to do about it."""

from collections.abc import Sequence

from expectations.errors import InputError
from expectations.texts import Bilingual, joined


class Refused(InputError):
    """A file that can't be loaded; the message does not name the file, whoever catches it does."""


def unreadable(error: OSError) -> Refused:
    """A file that the machine does not let us read."""
    return Refused(
        Bilingual("无法读取", "can't be read").about(error.strerror),
        Bilingual("检查文件权限，关闭正在使用它的程序", "check its permissions, close what is using it"),
    )


def refusal_of(files: Sequence[tuple[str, str, str]]) -> InputError:
    """The one error of several refused files: name, reason and hint of each."""
    return InputError(
        joined("\n", (f"{name}: " + reason for name, reason, _ in files)),
        joined("；", dict.fromkeys(hint for _, _, hint in files if hint)),
    )
