"""YAML files with the line of every key, so that each mistake of a catalogue can be shown where it stands.

A pack may come from anybody: how deep, how many and how large its files are is bounded before anything is made of them, links are not
followed, and whatever can't be read is a line of its own.
"""

import os
import re
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PathInFile = tuple[str | int, ...]

YAML_SUFFIXES = (".yaml", ".yml")
MOST_BYTES = 64 * 1024 * 1024
"""Of all files of a folder."""
MOST_FILES = 10_000
_MOST_OF_ONE = 16 * 1024 * 1024
_MOST_NODES = 500_000
"""Keys, values and lists of all files of a folder: the bundled catalogue has 42,000. Each takes a quarter of a kilobyte."""
_MOST_DEEP = 40
"""The bundled catalogue is eight deep."""
_MOST_SIGNS = 20_000
"""Of one text: the longest condition has 900."""
_MOST_DIRECTIVES = 10
"""Lines that begin with %: the parser compares each with all before it."""
_MOST_PARSED = 256
"""Files kept parsed: the bundled catalogue has 78."""


@dataclass(frozen=True)
class YamlFile:
    """One parsed file. `line(path)` finds the line (1-based) of a key or list entry; `raw` is what was parsed. Not to be changed."""

    path: Path
    content: Any
    root: yaml.Node
    name: str = field(default="")
    raw: bytes = field(default=b"", repr=False)

    def line(self, path: PathInFile) -> int:
        """The line of `path`, or of its nearest parent that exists."""
        node, line = self.root, self.root.start_mark.line
        for step in path:
            entry = _entry(node, step)
            if entry is None:
                break
            line, node = entry
        return line + 1

    def known_part(self, path: PathInFile) -> PathInFile:
        """As much of `path` as stands in the file."""
        node = self.root
        for number, step in enumerate(path):
            entry = _entry(node, step)
            if entry is None:
                return path[:number]
            node = entry[1]
        return path

    def place(self, path: PathInFile) -> str:
        """`file:line` for messages."""
        return f"{self.name or self.path.name}:{self.line(path)}"


def _entry(node: yaml.Node, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    return None


def read_yaml_folder(folder: Path, problems: list[str]) -> Iterator[YamlFile]:
    """Every `*.yaml` below `folder` in name order; what can't be read or parsed is added to `problems`."""
    size, nodes = 0, 0
    for number, path in enumerate(sorted(_yaml_paths(folder, problems))):
        name = path.relative_to(folder).as_posix()
        try:
            raw = _bytes_of(path)
            size += len(raw)
            if size > MOST_BYTES or number >= MOST_FILES or nodes > _MOST_NODES:
                problems.append(f"{name}:1: {_TOO_LARGE}")
                return
            parsed = _parse(path, name, raw)
        except _Refused as refused:
            problems.append(f"{name}:{refused.line}: {refused}")
        else:
            nodes += parsed.nodes
            problems += [f"{name}:{line}: key given twice / 键重复: {key}" for line, key in parsed.given_twice]
            yield parsed.file


_TOO_LARGE = "too large for a catalogue: split it, or take out what is no rule, card or dictionary / 规则目录过大，请拆分或去掉无关内容"
_FOLDER = "a folder named like a file; name it otherwise / 文件夹不能以 .yaml 结尾，请改名"
_LINK = "a link; put the file or folder itself here / 不能是链接，请放入文件或文件夹本身"
_NO_FILE = "no ordinary file; put a text file here / 不是普通文件，请放入文本文件"
_TOO_DEEP = "nested too deeply; take out levels / 嵌套过深，请减少层次"
_ALIASES = "aliases (*) repeat too much or themselves; write it out / 别名（*）重复过多或引用自身，请直接写出"
_TOO_LONG = "a text too long for a catalogue; shorten it / 文本过长，请缩短"
_DIRECTIVES = "too many lines that begin with %; take them out / 以 % 开头的行过多，请去掉"
_EMPTY = "the file is empty; fill or delete it / 文件为空，请填写或删除"


class _Refused(Exception):
    """Why a file can't be read, in one line, and where it says so."""

    def __init__(self, reason: str, line: int = 1) -> None:
        super().__init__(" ".join(reason.split()))
        self.line = line


def _yaml_paths(folder: Path, problems: list[str]) -> Iterator[Path]:
    """What is named as YAML below the folder; links and what can't be looked into are problems, wherever they stand."""

    def unreadable(error: OSError) -> None:
        place = Path(os.fsdecode(error.filename)).relative_to(folder).as_posix()
        problems.append(f"{place}:1: {_system_says(error)}")

    for place, folders, names in os.walk(folder, onerror=unreadable):
        for name in sorted(folders):
            path = Path(place, name)
            if path.is_symlink():
                problems.append(f"{path.relative_to(folder).as_posix()}:1: {_LINK}")
            elif name.endswith(YAML_SUFFIXES):
                problems.append(f"{path.relative_to(folder).as_posix()}:1: {_FOLDER}")
        for name in names:
            if name.endswith(YAML_SUFFIXES):
                yield Path(place, name)
            elif name.lower().endswith(YAML_SUFFIXES):
                place_of_file = Path(place, name).relative_to(folder).as_posix()
                problems.append(
                    f"{place_of_file}:1: not read under this name; end it with .yaml / 后缀须为小写 .yaml，请改名"
                )


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_symlink():
            raise _Refused(_LINK)
        if not path.is_file():
            raise _Refused(_NO_FILE)  # a pipe would be waited for
        if path.stat().st_size > _MOST_OF_ONE:
            raise _Refused(_TOO_LARGE)
        return path.read_bytes()
    except OSError as error:
        raise _Refused(_system_says(error)) from None


def _system_says(error: OSError) -> str:
    return f"can't be read, check access rights / 无法读取，请检查权限: {error.strerror}"


@dataclass(frozen=True)
class _Parsed:
    file: YamlFile
    given_twice: tuple[tuple[int, str], ...]
    nodes: int


class _Loader(yaml.CSafeLoader):
    """The safe loader, which refuses what is nested too deeply or too long while it reads and not when it has read it."""

    def __init__(self, text: str) -> None:
        self.deep, self.nodes = 0, 0
        super().__init__(text)

    # Called for each node, before what is in it and after; paths of resolvers, for which they are meant, are not used.
    def descend_resolver(self, parent: yaml.Node | None, index: object) -> None:
        self.deep += 1
        self.nodes += 1
        if self.deep > _MOST_DEEP:
            raise _Refused(_TOO_DEEP, _line_of(parent))
        if self.nodes > _MOST_NODES:
            raise _Refused(_TOO_LARGE, _line_of(parent))

    def ascend_resolver(self) -> None:
        self.deep -= 1


def _line_of(node: yaml.Node | None) -> int:
    return node.start_mark.line + 1 if node is not None else 1


@lru_cache(_MOST_PARSED)
def _parse(path: Path, name: str, raw: bytes) -> _Parsed:
    """The file that holds these bytes and its keys given twice, parsed once: a process that reads a catalogue again parses only what has changed
    in it. Raises _Refused."""
    text = _text_of(raw)
    loader = None
    try:
        loader = _Loader(text)  # looks at the first signs
        root = loader.get_single_node()
        if root is None:
            raise _Refused(_EMPTY)
        # an alias needs an anchor
        nodes = _written_out(root) if b"&" in raw and b"*" in raw else loader.nodes
        given_twice = tuple(_keys_given_twice(root))
        return _Parsed(YamlFile(path, _constructed(loader, root), root, name, raw), given_twice, nodes)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _Refused(f"not YAML / 不是合法的 YAML: {error.problem}", mark.line + 1 if mark else 1) from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1
        sign = f"U+{error.character:04X}" if isinstance(error.character, int) else repr(error.character)
        raise _Refused(f"a sign that no text has; delete it / 有非法字符，请删除: {sign}", line) from None
    except yaml.YAMLError as error:
        raise _Refused(f"not YAML / 不是合法的 YAML: {error}") from None
    finally:
        if loader is not None:
            loader.dispose()


def _text_of(raw: bytes) -> str:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _Refused("not UTF-8 YAML; save it as UTF-8 / 不是 UTF-8 编码的 YAML，请另存为 UTF-8", line) from None
    if len(re.findall(r"^%", text, re.MULTILINE)) > _MOST_DIRECTIVES:
        raise _Refused(_DIRECTIVES)
    return text


def _constructed(loader: yaml.CSafeLoader, root: yaml.Node) -> Any:
    """The values of the document. A value YAML takes for what it can't be, such as 2026-02-30, is named where it stands."""
    try:
        return loader.construct_document(root)
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError) as error:
        loader.constructed_objects, loader.recursive_objects = {}, {}
        for node in _nodes(root):
            if isinstance(node, yaml.ScalarNode) and not _is_made(loader, node):
                shown = node.value[:40]
                raise _Refused(
                    f"no such day or number; correct it, or put a text in quotes / 没有这样的日期或数字，请更正，文字请加引号: {shown}",
                    _line_of(node),
                ) from None
        raise _Refused(f"not YAML / 不是合法的 YAML: {error}", _line_of(root)) from None


def _is_made(loader: yaml.CSafeLoader, node: yaml.ScalarNode) -> bool:
    try:
        loader.construct_object(node)
    except yaml.YAMLError:
        return True  # said with its place by the loader itself
    except (ValueError, TypeError, ArithmeticError, LookupError, AttributeError):
        return False
    return True


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _nodes(root: yaml.Node) -> Iterator[yaml.Node]:
    """Every node once, in the order of the file."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting.extend(reversed(_children(node)))


def _written_out(root: yaml.Node) -> int:
    """How many nodes the document has once each alias stands for what it repeats. Raises _Refused for too many or too deep, or endless ones."""
    known: dict[int, tuple[int, int]] = {}

    def measure(node: yaml.Node, above: frozenset[int]) -> tuple[int, int]:
        if id(node) in above:
            raise _Refused(_ALIASES, _line_of(node))
        if id(node) not in known:
            within = [measure(child, above | {id(node)}) for child in _children(node)]
            size = 1 + sum(nodes for nodes, _ in within)
            deep = 1 + max((levels for _, levels in within), default=0)
            if size > _MOST_NODES or deep > _MOST_DEEP:
                raise _Refused(_ALIASES, _line_of(node))
            known[id(node)] = size, deep
        return known[id(node)]

    return measure(root, frozenset())[0]


def _keys_given_twice(root: yaml.Node) -> Iterator[tuple[int, str]]:
    """The line and name of each. Raises _Refused for a text of endless length."""
    # The loader would take the last of them without a word.
    for node in _nodes(root):
        if isinstance(node, yaml.ScalarNode) and len(node.value) > _MOST_SIGNS:
            raise _Refused(_TOO_LONG, _line_of(node))
        if isinstance(node, yaml.MappingNode):
            keys_seen: set[Hashable] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    continue
                if key.value in keys_seen:
                    yield _line_of(key), key.value
                keys_seen.add(key.value)
