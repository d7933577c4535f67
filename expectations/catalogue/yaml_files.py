"""YAML files with the line of every key, so that each mistake of a catalogue can be shown where it stands."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PathInFile = tuple[str | int, ...]

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
    """Every `*.yaml` below `folder` in name order; files that can't be parsed are added to `problems`."""
    for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"))):
        name = path.relative_to(folder).as_posix()
        try:
            parsed, given_twice = _parse(path, name, path.read_bytes())
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            problems.append(f"{name}:{line}: not YAML / 不是合法的 YAML: {error.problem}")
        except (UnicodeDecodeError, yaml.YAMLError) as error:
            problems.append(f"{name}:1: not UTF-8 YAML / 不是 UTF-8 编码的 YAML: {str(error).splitlines()[0]}")
        else:
            problems += [f"{name}:{line}: key given twice / 键重复: {key}" for line, key in given_twice]
            yield parsed


@lru_cache(_MOST_PARSED)
def _parse(path: Path, name: str, raw: bytes) -> tuple[YamlFile, tuple[tuple[int, str], ...]]:
    """The file that holds these bytes and its keys given twice, parsed once: a process that reads a catalogue again parses only what has changed in it."""
    loader = yaml.CSafeLoader(raw.decode("utf-8-sig"))
    try:
        root = loader.get_single_node()
        if root is None:
            raise yaml.YAMLError("the file is empty")
        return YamlFile(path, loader.construct_document(root), root, name, raw), tuple(_keys_given_twice(root))
    finally:
        loader.dispose()


def _keys_given_twice(node: yaml.Node) -> Iterator[tuple[int, str]]:
    # The loader would take the last of them without a word.
    if isinstance(node, yaml.MappingNode):
        keys_seen: set[str] = set()
        for key, value in node.value:
            if key.value in keys_seen:
                yield key.start_mark.line + 1, key.value
            keys_seen.add(key.value)
            yield from _keys_given_twice(value)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield from _keys_given_twice(entry)
