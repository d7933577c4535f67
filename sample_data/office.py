"""The invented office: its departments, prosecutors with assistants, and the organs that send it cases.

Unit codes begin with 77, a region that does not exist, so no row can be taken for a real one.
"""

from dataclasses import dataclass
from random import Random

from sample_data.courses.crimes import Crime, Organ
from sample_data.matter import Row

UNIT_NAME = "汉东市示例区人民检察院"
UNIT_CODE = "770101"
SHORT_NAME = "汉东检"
DOCUMENT_NAME = "汉检"

_STAFF = (
    ("第一检察部", 10),
    ("第二检察部", 4),
    ("第三检察部", 2),
    ("第四检察部", 4),
    ("第五检察部", 8),
    ("第六检察部", 3),
    ("第七检察部", 6),
    ("第八检察部（未成年人检察）", 3),
    ("第九检察部（民事行政检察）", 3),
    ("第十检察部（公益诉讼检察）", 2),
    ("第十一检察部（控告申诉检察）", 2),
    ("第十二检察部（刑事执行检察）", 2),
)
_MINORS = 7
_SURNAMES = "东西南北春夏秋冬"
_GIVEN = ("澄一", "澄二", "澄三", "澄四", "澄五", "澄六", "澄七")


@dataclass(frozen=True)
class Desk:
    """A prosecutor with the assistant who fills the cards."""

    department: str
    prosecutor: str
    assistant: str


@dataclass(frozen=True)
class Sender:
    """The organ that investigated and sent a case."""

    name: str
    kind: str
    document: str


def _desks() -> tuple[tuple[Desk, ...], ...]:
    names = [f"示检{surname}{given_name}" for given_name in _GIVEN for surname in _SURNAMES]
    helpers = [f"示助{surname}{given_name}" for given_name in _GIVEN for surname in _SURNAMES]
    rooms: list[tuple[Desk, ...]] = []
    for department, size in _STAFF:
        start = sum(len(room) for room in rooms)
        rooms.append(tuple(Desk(department, names[n], helpers[n]) for n in range(start, start + size)))
    return tuple(rooms)


DESKS = _desks()
"""Desks by department, 49 in all; the last four departments handle no prosecution."""

_SENDERS: dict[Organ, tuple[Sender, ...]] = {
    "police": (
        Sender("汉东市公安局示例分局", "公安机关", "汉公"),
        Sender("汉东市公安局虚构分局", "公安机关", "汉虚公"),
    ),
    "traffic": (Sender("汉东市公安局交通警察支队示例大队", "公安机关", "汉公交"),),
    "supervision": (
        Sender("汉东市示例区监察委员会", "监察委员会", "汉监"),
        Sender("汉东市监察委员会", "监察委员会", "汉市监"),
    ),
    "procuratorate": (Sender("汉东市人民检察院", "检察机关侦查部门", "汉检侦"),),
}
_STATIONS = ("示例东路派出所", "示例西街派出所", "虚构桥派出所", "样本镇派出所", "")


def choose_desk(crime: Crime, minor: bool, rng: Random) -> Desk:
    """A prosecutor of a department that handles such a case."""
    return rng.choice(DESKS[_MINORS] if minor else DESKS[rng.choice(crime.department)])


def choose_sender(crime: Crime, rng: Random) -> Sender:
    """An organ that investigates such a crime."""
    return rng.choice(_SENDERS[crime.organ])


def unit_items(desk: Desk, rng: Random) -> Row:
    """The items that say who handles a case."""
    note = f"检察官助理：{desk.assistant}" if rng.random() < 0.6 else None
    return {
        "unit_name": UNIT_NAME,
        "unit_code": UNIT_CODE,
        "dept_name": desk.department,
        "prosecutor": desk.prosecutor,
        "note": note,
    }


def station_of(crime: Crime, rng: Random) -> str | None:
    """The police station of a police case, sometimes blank."""
    return (rng.choice(_STATIONS) or None) if crime.organ == "police" else None
