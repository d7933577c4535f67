"""Word and Excel templates: an office's own before the bundled ones, filled in a sandbox, their mistakes as one line.

Nothing here knows what a notice is; what is put in comes from `documents` and `digests`. How a template is filled is `filling`, which runs as
a program of its own, with limits, for a template that is not ours.
"""

import base64
import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

from expectations.errors import InputError
from expectations.home import Home
from expectations.notices import filling
from expectations.notices.filling import UnreadableTemplateError, WrongTemplateError
from expectations.texts import Bilingual, Language

BUNDLED = ("notice.docx", "list.xlsx", "digest.docx", "notice.en.docx", "list.en.xlsx", "digest.en.docx")
_PLACE = resources.files("expectations.notices").joinpath("templates")
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MEMORY = 1024 * 2**20
_SECONDS = 20
"""Of processor time, for an own template: the bundled notice about 500 findings takes three."""
_PATIENCE = 6
"""The wall time waited for it, in multiples of its processor time."""


def folder_of(home: Home) -> Path:
    """Where an office puts its own templates."""
    return home.root / "templates"


def write_bundled(folder: Path) -> tuple[Path, ...]:
    """Writes the bundled templates into `folder`, to be changed. Raises InputError rather than overwrite one."""
    folder.mkdir(parents=True, exist_ok=True)
    targets = tuple(folder / name for name in BUNDLED)
    if present := [target.name for target in targets if target.exists()]:
        raise InputError(
            Bilingual("已有同名模板，未覆盖", "not overwritten").about(", ".join(present)),
            hint=Bilingual("换一个文件夹", "choose another folder").about("-o"),
        )
    for target in targets:
        target.write_bytes(_PLACE.joinpath(target.name).read_bytes())
    return targets


def template_in(name: str, language: Language) -> str:
    """The template `name` of a language: notice.docx, notice.en.docx."""
    return name if language == "zh" else str(Path(name).with_suffix(f".{language}{Path(name).suffix}"))


def fill_document(home: Home, name: str, language: Language, values: Mapping[str, object]) -> bytes:
    """The Word template `name` filled in; every text survives as it is. Raises InputError naming the file and the variable."""
    return _fill(home, name, language, values, ())


def fill_workbook(
    home: Home, name: str, language: Language, values: Mapping[str, object], rows: Sequence[Mapping[str, object]]
) -> bytes:
    """The Excel template `name` filled in: the row that speaks of `row.…` is repeated for each of `rows`.

    Only text is put in, never a formula. Raises InputError naming the file and the variable.
    """
    return _fill(home, name, language, values, rows)


def _fill(
    home: Home, name: str, language: Language, values: Mapping[str, object], rows: Sequence[Mapping[str, object]]
) -> bytes:
    own_file = _own_template(home, name, language)
    clean, clean_rows = _clean(values), [_clean(row) for row in rows]
    try:
        if own_file is not None:
            place = str(own_file)
            return _filled_apart(own_file, clean, clean_rows)
        place = template_in(name, language)
        if not _PLACE.joinpath(place).is_file():
            place = name
        return filling.filled(Path(place).suffix, _PLACE.joinpath(place).read_bytes(), clean, clean_rows)
    except WrongTemplateError as error:
        variables = sorted((*values, *(f"row.{key}" for row in rows[:1] for key in row)))
        raise InputError(
            Bilingual(f"模板有误 {place}", f"mistake in template {place}").about(str(error)),
            hint=Bilingual("可用变量", "available").about(", ".join(variables)),
        ) from None
    except (UnreadableTemplateError, OSError) as error:
        reason = str(error.strerror or error) if isinstance(error, OSError) else str(error)
        raise InputError(
            Bilingual(f"读不了模板 {place}", f"cannot read template {place}").about(reason),
            hint=Bilingual("重新导出随附的模板", "write the bundled ones anew").about(
                "anka notices templates -o FOLDER"
            ),
        ) from None


def _own_template(home: Home, name: str, language: Language) -> Path | None:
    """An office's own; one serves both languages, unless it has one of this language too."""
    own_files = (folder_of(home) / template_in(name, language), folder_of(home) / name)
    return next((file for file in own_files if file.is_file()), None)


def _filled_apart(file: Path, values: Mapping[str, object], rows: Sequence[Mapping[str, object]]) -> bytes:
    """The own template filled by a program of its own. Raises as `filling.filled`; InputError where it goes beyond the limits."""
    content = base64.b64encode(file.read_bytes()).decode()
    order = {"suffix": file.suffix, "content": content, "values": values, "rows": rows}
    command = [sys.executable, "-P", filling.__file__, str(_MEMORY), str(_SECONDS)]
    too_heavy = InputError(
        Bilingual(f"模板过重 {file}", f"template {file} takes too long or too much memory"),
        hint=Bilingual("简化其中的循环", "simplify its loops").about("{% for … %}"),
    )
    try:
        child = subprocess.run(
            command, input=json.dumps(order).encode(), capture_output=True, timeout=_SECONDS * _PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        raise too_heavy from None
    reason = (child.stderr.decode(errors="replace").strip().splitlines() or [""])[-1]
    if child.returncode < 0 or reason.startswith("MemoryError"):  # ended by the system, or refused memory by it
        raise too_heavy
    if child.returncode:
        raise WrongTemplateError(reason)
    outcome = json.loads(child.stdout)
    if "wrong" in outcome:
        raise WrongTemplateError(outcome["wrong"])
    if "unreadable" in outcome:
        raise UnreadableTemplateError(outcome["unreadable"])
    return base64.b64decode(outcome["document"])


def _clean(values: Mapping[str, object]) -> dict[str, object]:
    """The values without the signs a document can't hold."""
    return {key: _clean_value(value) for key, value in values.items()}


def _clean_value(value: object) -> object:
    if isinstance(value, str):
        return _ILLEGAL.sub("", value)
    if isinstance(value, Mapping):
        return _clean(value)
    if isinstance(value, list | tuple):
        return [_clean_value(item) for item in value]
    return value
