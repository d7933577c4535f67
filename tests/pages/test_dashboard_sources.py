"""No page holds a query: what counts and lists lies in the core, so that two pages cannot answer one question differently."""

import ast
import re
from pathlib import Path

from support.places import ROOT

QUERY = re.compile(
    r"\b(select\b.+\bfrom|insert\s+into|update\b.+\bset|delete\s+from|create\s+(table|view)|with\b.+\bas\s*\()\b",
    re.I | re.S,
)
ASKING = {"execute", "executemany", "scalars", "scalar", "sql", "query"}


def queries(source: str) -> list[str]:
    """Texts that look like SQL, and calls that hand one to a database, with their lines."""
    places = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and QUERY.search(node.value):
            places.append(f"{node.lineno}: {node.value[:60]}")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ASKING:
            places.append(f"{node.lineno}: .{node.func.attr}(")
    return places


def test_the_test_sees_a_query() -> None:
    assert len(queries('con.execute("select a from t")')) == 2
    assert queries('text = f"""\nselect {x}\nfrom findings"""') or queries('text = "select a\\nfrom findings"')
    assert queries("session.scalars(x)") == ["1: .scalars("]
    assert not queries('"""Nothing is selected here; rows come from the core."""')


def test_no_page_holds_a_query() -> None:
    pages = sorted((ROOT / "dashboard").rglob("*.py"))
    assert len(pages) > 50
    queries_by_page = {str(page.relative_to(ROOT)): queries(_code(page)) for page in pages}
    assert not {page: lines for page, lines in queries_by_page.items() if lines}


def _code(page: Path) -> str:
    """The source without docstrings, which are prose."""
    tree = ast.parse(page.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node
        ):
            node.body[0] = ast.Pass()
    return ast.unparse(tree)
