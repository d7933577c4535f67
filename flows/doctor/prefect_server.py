"""Whether Prefect's server answers and has a night ahead. Asked over HTTP, since importing Prefect takes seconds."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import requests

from expectations.health.checks import Check, unwell, well
from expectations.office_days import as_kept, office_clock
from expectations.texts import Bilingual

VARIABLE = "PREFECT_API_URL"
_PATIENCE = 5
_DEPLOYMENT = "nightly"


def prefect_check(environment: Mapping[str, str]) -> Check:
    """Of the server `PREFECT_API_URL` names, if it names one."""
    server = environment.get(VARIABLE, "").rstrip("/")
    if not server:
        return well("prefect", Bilingual("没有指定服务", "no server is named").about(VARIABLE))
    try:
        coming = _next_night(server, environment.get("PREFECT_API_AUTH_STRING", ""))
    except (requests.RequestException, ValueError, KeyError, TypeError) as error:
        return unwell(
            "prefect",
            Bilingual("服务没有应答", "the server does not answer").about(type(error).__name__),
            Bilingual("启动 Prefect 服务，或检查地址", "start Prefect's server, or see to the address").about(VARIABLE),
        )
    if coming is None:
        return unwell(
            "prefect",
            Bilingual("没有排定的夜间核查", "no nightly audit is scheduled"),
            Bilingual("重新启动 anka serve，它会排定", "start anka serve again, which schedules it"),
        )
    return well("prefect", Bilingual("下一次夜间核查", "the next nightly audit").about(f"{coming:%Y-%m-%d %H:%M}"))


def _next_night(server: str, password: str) -> datetime | None:
    """When it begins, by the office's clock."""
    with requests.Session() as session:
        login, _, secret = password.partition(":")
        session.auth = (login, secret) if password else None
        session.trust_env = False  # a proxy of the office knows nothing of what listens on this machine
        session.get(f"{server}/health", timeout=_PATIENCE).raise_for_status()
        wanted: dict[str, Any] = {
            "flow_runs": {
                "state": {"type": {"any_": ["SCHEDULED"]}},
                "expected_start_time": {"after_": datetime.now(UTC).isoformat()},
            },
            "deployments": {"name": {"any_": [_DEPLOYMENT]}},
            "sort": "EXPECTED_START_TIME_ASC",
            "limit": 1,
        }
        answer = session.post(f"{server}/flow_runs/filter", json=wanted, timeout=_PATIENCE)
        answer.raise_for_status()
        runs = answer.json()
    if not runs:
        return None
    return office_clock(as_kept(datetime.fromisoformat(runs[0]["expected_start_time"])))
