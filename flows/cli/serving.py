"""`anka dashboard` and `anka demo`: a free port, the server, and the browser of the person at the machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
import webbrowser
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dashboard import FIRST_START, FIRST_START_VARIABLE, first_start_token
from dashboard import command as dashboard_command
from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.cli import users as cli_users
from flows.cli.audits import audit
from flows.cli.options import HomeFolder, home_at, prepared_home
from sample_data import COMMITTED

_HOST = "127.0.0.1"
_READY_SECONDS = 60
_STEP_SECONDS = 0.25
_STOP_SECONDS = 5
_FIRST_START = Bilingual(
    "还没有账号：打开上面的地址设置本院和管理员（建立账号后失效），或用 anka user add",
    "there is no account yet: begin at the address above, which is void from the first account on, or with anka user add",
)
Port = Annotated[int, typer.Option(help=Bilingual("看板端口", "port of the dashboard"))]
OpenBrowser = Annotated[
    bool, typer.Option("--open/--no-open", help=Bilingual("在浏览器中打开", "open it in the browser"))
]
stderr = Console(stderr=True)


def demo(
    home: HomeFolder = Path(".anka"),
    serving: Annotated[
        bool, typer.Option("--serve/--no-serve", help=Bilingual("完成后打开看板", "open the dashboard afterwards"))
    ] = True,
    port: Port = 8501,
    open_browser: OpenBrowser = True,
) -> None:
    """Audits the sample, enters its people and signs their supervisor in."""
    if serving:
        require_free(port)
    cli_users.require_sample_or_nobody(home)
    exports = Path(str(resources.files("sample_data").joinpath("exports")))
    audit([exports], COMMITTED.as_of.isoformat(), home)
    login = cli_users.enter_sample(home)
    if serving:
        serve_dashboard(home, port, open_browser, login)


def dashboard(
    home: HomeFolder = Path(".anka"),
    port: Port = 8501,
    open_browser: OpenBrowser = True,
    log: Annotated[
        Path | None,
        typer.Option(
            envvar="ANKA_LOG",
            help=Bilingual("日志写入此文件，过大时轮换", "write the log to this file, which is rotated"),
            show_default=False,
        ),
    ] = None,
) -> None:
    """Serves the published run until Ctrl+C."""
    if log:
        os.environ["ANKA_LOG"] = str(log.absolute())
    serve_dashboard(home, port, open_browser)


def serve_house(
    home: HomeFolder = Path(".anka"),
    port: Port = 8501,
    prefect_port: Annotated[
        int,
        typer.Option(
            help=Bilingual("Prefect 页面端口，被占用时另选", "port of Prefect's pages; another one where it is taken")
        ),
    ] = 4200,
    log: Annotated[
        Path | None,
        typer.Option(help=Bilingual("日志另存到此文件", "write the log to this file too"), show_default=False),
    ] = None,
    write_units: Annotated[
        Path | None,
        typer.Option(
            help=Bilingual(
                "只写出 systemd 单元和 nginx 示例", "only write systemd units and an nginx example into a folder"
            ),
            show_default=False,
        ),
    ] = None,
) -> None:
    """Keeps dashboard, Prefect's server and worker running until it is told to end."""
    from expectations.register.belonging import home_register
    from flows.serving import house
    from flows.serving.lines import LOG, open_log
    from flows.serving.parts import free_port
    from flows.serving.supervisor import Supervisor
    from flows.settings import Settings
    from flows.start import end_by_itself, say_interrupted

    home_folder = home_at(home)
    if write_units:
        from flows.serving.units import write_units as write

        for file in write(write_units, home_folder, port):
            typer.echo(str(file))
        return
    with house.sole_house(home_folder):
        most_bytes = house.most_bytes()
        home_register(home_folder, Settings().register_url)
        require_free(port)
        prefect_port = free_port(prefect_port)
        first_start = first_start_address(home, f"http://{_HOST}:{port}")
        reading, writing = os.pipe()
        os.set_blocking(reading, False)
        parts = house.parts_of(home_folder, port, dashboard_command(port), prefect_port, (reading, writing))
        open_log(log)
        LOG.info("anka: %s", Bilingual("看板", "dashboard").about(first_start or f"http://{_HOST}:{port}"))
        if first_start:
            LOG.info("anka: %s", _FIRST_START)
        LOG.info("anka: Prefect %s", os.environ["PREFECT_API_URL"])
        end_by_itself()
        number = Supervisor(parts, most_bytes).run()
        say_interrupted(number)
        raise typer.Exit(128 + number)


def serve_dashboard(home: Path, port: int, open_browser: bool, login: str = "") -> None:
    """Serves the dashboard; `login` is signed in by a one-time link. A home without any account is begun on a page of its own."""
    home_folder = prepared_home(home)
    os.environ["ANKA_HOME"] = str(home_folder.root)
    require_free(port)
    address = f"http://{_HOST}:{port}"
    first_start = "" if login else first_start_address(home, address)
    if first_start:
        address = first_start
    elif login:
        address = cli_users.one_time_address(home, login, address)
    stops = Bilingual("看板", "dashboard").about(f"{address}  （") + Bilingual("Ctrl+C 结束", "to stop") + "）"
    stderr.print(stops, soft_wrap=True, highlight=False)
    if first_start:
        stderr.print(_FIRST_START, soft_wrap=True, highlight=False)
    if login:
        once = Bilingual(f"一次性链接，10 分钟内有效，登录为 {login}", f"signs in once within 10 minutes as {login}")
        other_people = Bilingual("其他人", "other people").about("anka user list, anka user link LOGIN")
        stderr.print(once + "；" + other_people, soft_wrap=True, highlight=False)
    raise typer.Exit(serve(dashboard_command(port), port, address, open_browser=open_browser))


def first_start_address(home: Path, dashboard: str) -> str:
    """Where a home without any account is begun, blank where there is one. The dashboards that this process starts from now on know the token."""
    if not cli_users.nobody_yet(home):
        return ""
    token, os.environ[FIRST_START_VARIABLE] = first_start_token()
    return f"{dashboard}{FIRST_START}?token={token}"


def serve(command: Sequence[str], port: int, address: str, *, open_browser: bool) -> int:
    """Runs the server until it ends or this command is ended, also where that is killed, with `address` in the browser; returns its exit code. Raises
    InputError when the port is taken."""
    from flows.serving.parts import Guard

    require_free(port)
    server, guard = subprocess.Popen(command, process_group=0), Guard()
    guard.watch(server.pid)
    try:
        if open_browser and has_display() and _ready(port, server):
            webbrowser.open(address)
        return server.wait()
    finally:
        server.terminate()
        try:
            server.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:  # a page that is being drawn holds it up
            server.kill()
            server.wait()
        guard.done()


def require_free(port: int) -> None:
    """Raises InputError when something listens on the port already."""
    with socket.socket() as probe:
        if probe.connect_ex((_HOST, port)) == 0:
            raise InputError(
                Bilingual(f"端口 {port} 已被占用", f"port {port} is in use"),
                hint=Bilingual("用 --port 指定另一个", "choose another with --port"),
            )


def has_display() -> bool:
    """Whether a browser window can be opened; a text browser must not take the terminal."""
    return sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _ready(port: int, server: subprocess.Popen[bytes]) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy knows nothing of this machine
    deadline = time.monotonic() + _READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            direct.open(f"http://{_HOST}:{port}/_stcore/health", timeout=1).close()
        except OSError:
            time.sleep(_STEP_SECONDS)
        else:
            return True
    return False
