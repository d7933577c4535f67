"""What somebody may upload: into places that were handed out to their own page, so much of a file, a person and the process, and nothing
beyond it is read. Streamlit keeps uploaded files in memory until their page is closed; it bounds a single file only.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from starlette.types import Message, Receive
from streamlit import runtime
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from dashboard.door import signed_in
from expectations.rights.reader import Reader

PREFIX = "/_stcore/upload_file/"
_MB = 2**20
_MANAGE, _CHECK, _RECHECK = 6 * _MB, 61 * _MB, 201 * _MB
"""As the uploaders of the pages have it, and what surrounds a file in a request."""
EACH_PERSON = 400 * _MB
ALL_TOGETHER = 1200 * _MB
_MOST_PLACES = 300
"""Handed out to one page and not used yet or held; a page that asks for more loses the first."""
_MOST_PAGES = 10_000


class RefusedError(Exception):
    """An upload that is not taken: the status it is answered with, and the word the access log has for it."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(word)
        self.status, self.word = status, word


@dataclass
class Upload:
    """An upload on its way: whose, into which page, and how many bytes are kept free for it."""

    user_id: int
    page: str
    reserved: int


class Uploads:
    """The places handed out and the uploads on their way, of one server process."""

    def __init__(self) -> None:
        self._places: OrderedDict[str, OrderedDict[str, None]] = OrderedDict()
        self._coming: list[Upload] = []
        self._lock = Lock()

    def note_places(self, message: Message) -> None:
        """Remembers the places that a message to a page hands out to it."""
        sent = message.get("bytes")
        if not sent or PREFIX.encode() not in sent:  # a cheap look: most messages are of pages
            return
        forward = ForwardMsg()
        forward.ParseFromString(sent)
        for place in forward.file_urls_response.file_urls:
            page, _, file = place.upload_url.partition(PREFIX)[2].partition("/")
            with self._lock:
                files = self._places.setdefault(page, OrderedDict())
                self._places.move_to_end(page)
                files[file] = None
                while len(files) > _MOST_PLACES:
                    files.popitem(last=False)
                while len(self._places) > _MOST_PAGES:
                    self._places.popitem(last=False)

    @contextmanager
    def taking(self, reader: Reader, path: str, length: int | None) -> Iterator[Upload]:
        """Room for an upload to `path`, for as long as it is on its way. Raises RefusedError. `length` is what it says it is long."""
        page, _, file = path.removeprefix(PREFIX).partition("/")
        most = _largest(reader)
        if not most:
            raise RefusedError(403, "no uploader")
        if reader.user_id is None or signed_in.owner(page) != reader.user_id or not self._is_place(page, file):
            raise RefusedError(404, "place")
        if length is not None and length > most:
            raise RefusedError(413, "file")
        upload = Upload(reader.user_id, page, most if length is None else length)
        with self._lock:
            held = _held(page, file) + [(coming.user_id, coming.reserved) for coming in self._coming]
            if sum(size for user, size in held if user == upload.user_id) + upload.reserved > EACH_PERSON:
                raise RefusedError(413, "person")
            if sum(size for _, size in held) + upload.reserved > ALL_TOGETHER:
                raise RefusedError(503, "all")
            self._coming.append(upload)
        try:
            yield upload
        finally:
            with self._lock:
                self._coming.remove(upload)

    def _is_place(self, page: str, file: str) -> bool:
        with self._lock:
            return file in self._places.get(page, ())


UPLOADS = Uploads()
"""Of this server process."""


def counted(receive: Receive, upload: Upload) -> Receive:
    """`receive` that ends where more comes than was said: raises RefusedError."""
    received = 0

    async def next_message() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > upload.reserved:
            raise RefusedError(413, "file")
        return message

    return next_message


def _largest(reader: Reader) -> int:
    """How large a file may be that the reader drops on any page of theirs, 0 where none of these takes one."""
    sizes = [
        _RECHECK if reader.may("recheck") else 0,
        _CHECK if "check" in reader.pages else 0,
        _MANAGE if reader.may("manage") else 0,
    ]
    return max(sizes)


def _held(page: str, file: str) -> list[tuple[int | None, int]]:
    """Whose uploaded files lie in memory, and how large each is; but for the one that is about to be replaced."""
    manager = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    if not isinstance(manager, MemoryUploadedFileManager):
        return []
    return [
        (signed_in.owner(holder), len(record.data))
        for holder, records in list(manager.file_storage.items())
        for record in list(records.values())
        if (holder, record.file_id) != (page, file)
    ]
