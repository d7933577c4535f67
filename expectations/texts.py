"""A text in both languages users read. It is two texts from where it is written to where it is shown: nothing takes one apart.

As a plain string it is both, Chinese first, which is what the command line prints; a page asks for the language of its view.
"""

from collections.abc import Iterable
from typing import Literal, get_args

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
LANGUAGE_NAMES: dict[Language, str] = {"zh": "中文", "en": "English"}
"""What each calls itself."""


class Bilingual(str):
    """`Bilingual("没有这份通知", "no such notice").about(7)` reads `没有这份通知 / no such notice: 7`, and `no such notice: 7` in English."""

    __slots__ = ("en", "zh")
    zh: str
    en: str

    def __new__(cls, zh: str, en: str, both: str | None = None) -> "Bilingual":
        """Both as `zh / en`, or as `both` says."""
        text = super().__new__(cls, f"{zh} / {en}" if both is None else both)
        text.zh, text.en = zh, en
        return text

    def __reduce__(self) -> tuple[type["Bilingual"], tuple[str, str, str]]:
        # A copy would else be made by `__new__` with one text, as of any string.
        return Bilingual, (self.zh, self.en, str(self))

    def in_language(self, language: str) -> str:
        """The text of one language."""
        return self.en if language == "en" else self.zh

    def about(self, value: object) -> "Bilingual":
        """With what it is about after a colon: said once where both languages are shown."""
        zh, en = (value.zh, value.en) if isinstance(value, Bilingual) else (value, value)
        return Bilingual(f"{self.zh}：{zh}", f"{self.en}: {en}", f"{self!s}: {value!s}")

    def then(self, zh: str, en: str) -> "Bilingual":
        """With more of the same sentence in each language, where `+` would put both side by side."""
        return Bilingual(self.zh + zh, self.en + en)

    def __add__(self, other: str) -> "Bilingual":
        after = same(other)
        return Bilingual(self.zh + after.zh, self.en + after.en, str(self) + str(after))

    def __radd__(self, other: str) -> "Bilingual":
        return same(other) + self


NO_TEXT = Bilingual("", "", "")


def same(text: str) -> Bilingual:
    """A text that reads the same in both languages: a name, a path, a value. One that is bilingual stays so."""
    return text if isinstance(text, Bilingual) else Bilingual(text, text, text)


def joined(between: str, texts: Iterable[str]) -> Bilingual:
    """Several texts after one another."""
    parts, mark = [same(text) for text in texts], same(between)
    return Bilingual(
        mark.zh.join(part.zh for part in parts),
        mark.en.join(part.en for part in parts),
        mark.zh.join(map(str, parts)),
    )
