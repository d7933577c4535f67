"""Chinese fonts for workplaces that have none. Pages and papers are set in the fonts of whoever reads them, so the server needs none."""

import shutil
from pathlib import Path

from expectations.errors import InputError
from expectations.texts import Bilingual

PACKAGE = "fonts-noto-cjk"
_FONTS = tuple(
    Path("/usr/share/fonts/opentype/noto") / name
    for name in ("NotoSansCJK-Bold.ttc", "NotoSansCJK-Regular.ttc", "NotoSerifCJK-Bold.ttc", "NotoSerifCJK-Regular.ttc")
)
_LICENCE = Path("/usr/share/doc") / PACKAGE / "copyright"


def add_fonts(folder: Path) -> None:
    """Copies the fonts of the machine's package and their licence. Raises InputError where it is not installed."""
    if missing := [file for file in (*_FONTS, _LICENCE) if not file.is_file()]:
        raise InputError(
            Bilingual("本机没有中文字体", "this machine has no Chinese fonts").about(missing[0]),
            hint=f"apt-get install {PACKAGE}",
        )
    folder.mkdir()
    for file in (*_FONTS, _LICENCE):
        shutil.copyfile(file, folder / file.name)
