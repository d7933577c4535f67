"""The JSON Schema of the catalogue's files, made from the models, for editors that check YAML while it is written."""

import json
from typing import Any

from pydantic import TypeAdapter

from expectations.catalogue.catalogues import bundled_folder
from expectations.catalogue.folder_files import FILE_KINDS
from expectations.catalogue.kinds import Rule, Theme

FOLDER = bundled_folder() / "schema"
"""Where the schemas are kept beside the YAML; a test fails when they are out of date."""

_FILES = {name: model for name, model in FILE_KINDS.items() if name != "rules"}


def schemas() -> dict[str, str]:
    """File name and text of every schema."""
    schema_by_name = {name: model.model_json_schema() for name, model in _FILES.items()} | {"rules": _rules_schema()}
    return {f"{name}.schema.json": _text(name, schema) for name, schema in schema_by_name.items()}


def write_schemas() -> None:
    """Writes the schemas beside the catalogue."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in schemas().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _rules_schema() -> dict[str, Any]:
    rule: dict[str, Any] = TypeAdapter(Rule).json_schema(ref_template="#/$defs/{model}")
    definitions = rule.pop("$defs")
    theme = TypeAdapter(Theme).json_schema()
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["theme", "rules"],
        "properties": {"theme": theme, "rules": {"type": "array", "items": rule}},
        "$defs": definitions,
    }


def _text(name: str, schema: dict[str, Any]) -> str:
    titled = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"Anka catalogue: {name}"} | {
        key: value for key, value in schema.items() if key != "title"
    }
    return json.dumps(titled, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    write_schemas()
