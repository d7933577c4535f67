"""Downloads: `GET /export/<name>?…` for a signed-in reader, each one written into the access log.

What a file holds is made in the export_<subject> modules, which ask the reader's rights for rows; `export_routes` names them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from dashboard.frame.parameters import LANGUAGE, Parameter
from dashboard.frame.place import home, register
from expectations.errors import AnkaError
from expectations.finding.masks import mask_identity
from expectations.home import Home
from expectations.people import access_log, sessions
from expectations.refused_by_machine import refused_by_machine
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import Reader
from expectations.run.published import FoundDamagedError
from expectations.store.register import Register
from expectations.texts import Bilingual, Language

T = TypeVar("T")


@dataclass(frozen=True)
class Export:
    """What is asked for, and by whom."""

    reader: Reader
    register: Register
    home: Home
    params: QueryParams
    language: Language

    def value(self, parameter: Parameter[T], /) -> T:
        """A parameter of the address."""
        return parameter.of(self.params.getlist)


@dataclass(frozen=True)
class File:
    """What the browser gets."""

    name: str
    content: bytes
    mime: str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Maker = Callable[[Export], File]
"""Makes a file. Raises AnkaError for what the reader can't have or asked wrongly."""

_UNSAID = frozenset(("text", "q", "search", "name", "suspect", "suspect_no", "case_name", "token"))
"""Parameters people type into, which may hold the name of a suspect, and secrets: the log only says that they were used."""


def exporting(makers: Mapping[str, Maker]) -> Callable[[Request], Awaitable[Response]]:
    """The route for downloads by their name. The gate has put the session's key into the request's state."""

    async def export(request: Request) -> Response:
        name = str(request.path_params["name"])
        make = makers.get(name)
        if make is None:
            return PlainTextResponse(Bilingual("没有此导出", "no such export"), 404)
        try:
            file = await run_in_threadpool(_make_and_log, make, name, request)
        except NotAllowedError as error:
            return PlainTextResponse(f"{error.message}\n{error.hint}", 403)
        except AnkaError as error:
            return PlainTextResponse(f"{error.message}\n{error.hint}", int(getattr(error, "http_status", 400)))
        except Exception as error:
            refused = refused_by_machine(error)
            if refused is None:
                raise
            return PlainTextResponse(f"{refused.message}\n{refused.hint}", 503)
        attached = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        return Response(file.content, media_type=file.mime, headers={"Content-Disposition": attached})

    return export


def _make_and_log(make: Maker, name: str, request: Request) -> File:
    office_register = register()
    reader = sessions.reader_in(office_register, str(request.state.anka_session))
    if reader is None:
        raise NotAllowedError
    params = request.query_params
    asked = Export(reader, office_register, home(), params, LANGUAGE.of(params.getlist) or reader.language)
    try:
        reader.require("export")
        try:
            file = make(asked)
        except FoundDamagedError:
            file = make(asked)  # of the newest run before it
    except AnkaError:  # what is not theirs is refused like what does not exist
        access_log.log_refused(office_register, reader, f"export {name}", _logged(params))
        raise
    access_log.log(office_register, reader, "export", name, _logged(params))
    return file


def _logged(params: QueryParams) -> str:
    """The parameters as the access log keeps them."""
    parameters = (f"{key}={'…' if key in _UNSAID else mask_identity(value)}" for key, value in params.multi_items())
    return " ".join(parameters)[:500]
