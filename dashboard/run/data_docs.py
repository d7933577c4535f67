"""Great Expectations' own report of the present run (Data Docs), for those who see the whole run; each page of it asks anew."""

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response

from dashboard.frame.place import home, register
from expectations.people import access_log, sessions
from expectations.register.reading import last_run
from expectations.rights.reader import Reader
from expectations.texts import Bilingual

INDEX = "index.html"


def may_read(reader: Reader) -> bool:
    """Its pages show the values of any row: only whoever sees the run page and every row may read them."""
    return "run" in reader.pages and reader.rows.everything


def folder_of(run_id: str) -> Path:
    """Where a run's report lies; it may not exist."""
    return home().run_folder(run_id) / "data_docs"


async def data_docs(request: Request) -> Response:
    """`GET /data-docs/<page>`: a file of the present run's report."""
    file = await run_in_threadpool(_file, request)
    return FileResponse(file) if file else PlainTextResponse(Bilingual("没有此页", "no such page"), 404)


def _file(request: Request) -> Path | None:
    office_register = register()
    reader = sessions.reader_in(office_register, str(request.state.anka_session))
    with office_register.reading() as session:
        run = last_run(session)
    if reader is not None and not may_read(reader):
        access_log.log_refused(office_register, reader, "data-docs")
        return None
    if reader is None or run is None:
        return None
    folder = folder_of(run.run_id).resolve()
    try:
        file = (folder / (str(request.path_params["path"]) or INDEX)).resolve()
        is_page = file.is_relative_to(folder) and file.is_file()
    except (OSError, ValueError):  # longer than a path can be, or with a sign that no path has
        return None
    if is_page:
        access_log.log_view(office_register, reader, "case", f"data-docs {run.run_id}")
    return file if is_page else None
