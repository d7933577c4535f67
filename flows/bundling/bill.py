"""The bill of materials: CycloneDX, of exactly the wheels of one bundle, with their hashes, licences and what needs what."""

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flows.bundling.wheels import Wheel


def bill_of_materials(exported: str, own: Wheel, wheels: Sequence[Wheel]) -> str:
    """`exported` is the lock as uv writes it in CycloneDX: of every system, without licences and with the time of writing. What stands
    here says the same of the same wheels, at any time.
    """
    bill: dict[str, Any] = json.loads(exported)
    components = {(component["name"], component["version"]): component for component in bill["components"]}
    shipped = [(wheel, components[wheel.name, wheel.version]) for wheel in wheels]
    root = bill["metadata"]["component"]
    references = {root["bom-ref"], *(component["bom-ref"] for _, component in shipped)}
    del bill["metadata"]["timestamp"], bill["serialNumber"]
    bill["metadata"]["component"] = root | _of_wheel(own)
    bill["components"] = [_without_places(component) | _of_wheel(wheel) for wheel, component in shipped]
    bill["dependencies"] = [
        dependency | {"dependsOn": [needed for needed in dependency.get("dependsOn", ()) if needed in references]}
        for dependency in bill["dependencies"]
        if dependency["ref"] in references
    ]
    content = json.dumps(bill, sort_keys=True)
    return json.dumps({**bill, "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, content)}"}, indent=1) + "\n"


def _without_places(component: Mapping[str, Any]) -> dict[str, Any]:
    """Of the many files of a version only one is in the bundle."""
    return {key: value for key, value in component.items() if key != "externalReferences"}


def _of_wheel(wheel: Wheel) -> dict[str, Any]:
    return {
        "hashes": [{"alg": "SHA-256", "content": wheel.sha256}],
        "licenses": [{"expression": wheel.licence}],
    }
