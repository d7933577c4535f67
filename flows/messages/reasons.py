"""Why a message was not delivered, told from what the sending library said: the kind of failure, and nothing of the address, which
holds passwords.
"""

import re
from collections.abc import Sequence

from expectations.texts import NO_TEXT, Bilingual

_CODE = re.compile(r"error=(\d{3})\b")
_REASONS: Sequence[tuple[re.Pattern[str], Bilingual]] = tuple(
    (re.compile(words, re.IGNORECASE), reason)
    for words, reason in (
        (
            r"certificate|\bssl\b|\btls\b|starttls|handshake|wrong_version_number",
            Bilingual("加密连接未建立：检查证书、端口和 TLS 方式", "no TLS: check certificate, port and kind of TLS"),
        ),
        (
            r"authenticat|\(53[045],|\b5\.7\.[089]\b|error=40[13]\b",
            Bilingual("认证被拒绝：检查账号和密码", "authentication refused: check account and password"),
        ),
        (
            r"connection refused|errno 111\b|errno 61\b",
            Bilingual("连接被拒绝：检查主机和端口", "connection refused: check host and port"),
        ),
        (
            r"name or service not known|getaddrinfo|name resolution|nodename nor servname|no address associated",
            Bilingual("找不到主机：检查名称和 DNS", "host not found: check the name and DNS"),
        ),
        (
            r"timed out|timeout",
            Bilingual("没有应答：检查防火墙和端口", "no answer: check firewalls and the port"),
        ),
        (
            r"unreachable|no route to host",
            Bilingual("网络不通：检查网络", "no way there: check the network"),
        ),
        (
            r"recipients? ?refused|\(55\d,|\(450,",
            Bilingual("收件地址被拒绝：检查地址", "the recipient was refused: check the address"),
        ),
        (r"error=404\b", Bilingual("地址不存在：检查路径", "no such address: check the path")),
        (r"error=5\d\d\b", Bilingual("对方服务出错", "the service itself failed")),
    )
)


def reason_of(heard: Sequence[str]) -> Bilingual:
    """`未送达 / not delivered (535)` with the reason behind a colon, where one is known."""
    said = "\n".join(heard)
    code = _CODE.search(said)
    failed = Bilingual("未送达", f"not delivered{f' ({code[1]})' if code else ''}")
    reason = next((reason for words, reason in _REASONS if words.search(said)), NO_TEXT)
    return failed.about(reason) if reason else failed
