"""The strings a module of the program holds, for tests on what users read."""

import ast
from collections.abc import Iterator
from pathlib import Path


def literals(file: Path) -> Iterator[str]:
    """Its strings, the text of f-strings with `{}` for what is put in; docstrings are left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value
