"""Licences of what is shipped: read off the metadata of a distribution, held against a list of those an office may be given, and their texts.

A licence nobody has looked at yet is a mistake, not an unknown: somebody reads it and writes it down here.
"""

import re
from collections.abc import Mapping
from email.message import Message
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name

from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.bundling.checkout import CHECKOUT

ALLOWED = frozenset(
    """
    0BSD Apache-2.0 Artistic-1.0-Perl BSD-2-Clause BSD-3-Clause CC0-1.0 CNRI-Python GPL-2.0-or-later ISC LGPL-2.1-only LGPL-3.0-only
    MIT MIT-0 MIT-CMU MPL-2.0 PSF-2.0 Zlib
    """.split()
)
"""What may be handed on unchanged. The GPL stands here for text-unidecode alone, which may be taken under the Artistic License instead."""

_READ_IN_ITS_TEXT = {
    "altair": "BSD-3-Clause",
    "colorama": "BSD-3-Clause",
    "cronsim": "BSD-3-Clause",
    "itsdangerous": "BSD-3-Clause",
    "jinja2": "BSD-3-Clause",
    "jinja2-humanize-extension": "BSD-3-Clause",
    "olefile": "BSD-2-Clause",
    "pyrage": "MIT",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "scipy": "BSD-3-Clause",
    "text-unidecode": "Artistic-1.0-Perl OR GPL-2.0-or-later",
}
"""Distributions whose metadata do not say which one it is."""

_SAID_OTHERWISE = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "ISC License": "ISC",
    "MIT License": "MIT",
}
"""What stands under `License` in place of an SPDX expression."""

_CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}

_TEXT = re.compile(r"[^/]+\.dist-info/(?:licenses/.*[^/]|(?:LICEN[CS]E|COPYING|NOTICE)[^/]*)", re.IGNORECASE)
_FOLDER = Path(__file__).with_name("licence_texts")
_STANDARD_TEXTS = {
    "Apache-2.0": CHECKOUT / "LICENSE",
    "LGPL-2.1-only": _FOLDER / "LGPL-2.1-only.txt",
    "MIT": _FOLDER / "MIT.txt",
}
"""For distributions whose wheel carries none."""


def licence_of(metadata: Message) -> str:
    """The licence as an SPDX expression. Raises InputError where it is not known or may not be handed on."""
    expression = _expression(metadata)
    identifiers = set(re.split(r"[\s()]+", expression)) - {"AND", "OR", ""}
    if unknown := sorted(identifiers - ALLOWED) or ([] if identifiers else ["?"]):
        raise InputError(
            Bilingual("许可证未经核对", "a licence nobody has looked at").about(
                f"{metadata['Name']} {metadata['Version']}: {', '.join(unknown)}"
            ),
            hint="flows/bundling/licences.py",
        )
    return expression


def _expression(metadata: Message) -> str:
    if read := _READ_IN_ITS_TEXT.get(canonicalize_name(metadata["Name"])):
        return read
    for said in (metadata["License-Expression"], metadata["License"]):
        if said:
            try:
                return str(canonicalize_license_expression(_SAID_OTHERWISE.get(said.strip(), said.strip())))
            except InvalidLicenseExpression:
                continue  # some write the whole text
    classified = [_CLASSIFIERS[name] for name in metadata.get_all("Classifier", []) if name in _CLASSIFIERS]
    return " AND ".join(classified)


def licence_texts(metadata: Message, licence: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The texts a wheel carries, by their names without folders of the wheel; else the standard one. Raises InputError where there is neither."""
    own = {name.split(".dist-info/", 1)[1].removeprefix("licenses/"): text for name, text in files.items()}
    if own:
        return own
    standard = _STANDARD_TEXTS.get(licence)
    if standard is None:
        raise InputError(
            Bilingual("缺许可证文本", "no text of the licence").about(
                f"{metadata['Name']} {metadata['Version']}: {licence}"
            ),
            hint="flows/bundling/licence_texts",
        )
    author = metadata["Author"] or metadata["Author-email"] or metadata["Name"]
    heading = f"{metadata['Name']} {metadata['Version']}, {licence}\nCopyright: {author}\n\n"
    return {f"{licence}.txt": heading.encode() + standard.read_bytes()}


def is_licence_text(name: str) -> bool:
    """Whether a file of a wheel is the text of a licence, or a notice to be handed on with it."""
    return _TEXT.fullmatch(name) is not None
