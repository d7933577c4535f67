"""Identity and telephone numbers never stand in the open; other numbers of a case do."""

import pytest

from expectations.finding.masks import mask_identity, mask_message, mask_number


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("770101199001010014", "770101********0014"),
        ("身份证号“77010119900101001X”校验码错误", "身份证号“770101********001X”校验码错误"),
        ("770101 19900101 0014", "770101**********0014"),
        ("旧证 770101900101001。", "旧证 770101******001。"),
        ("示例甲13877011234", "示例甲138****1234"),
        ("138 7701 1234", "138 **** 1234"),
        ("0531-87701234", "0531-****1234"),
        ("汉东检刑诉受[2025]770101000193号", "汉东检刑诉受[2025]770101000193号"),
        ("嫌疑人编号 77010120250000185", "嫌疑人编号 77010120250000185"),
        ("2026-03-02 起 36 个月", "2026-03-02 起 36 个月"),
        ("", ""),
    ],
)
def test_running_text(text: str, masked: str) -> None:
    assert mask_identity(text) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [("770104O98701251490", "770104********1490"), ("77012019880314681", "770120*******4681"), ("12345", "*****")],
)
def test_a_malformed_identity_number_is_masked_by_its_item(number: str, masked: str) -> None:
    assert mask_number(number) == masked


def test_a_message_hides_the_values_of_identity_items() -> None:
    message = "拟名壬丑的身份证号“77012019880314681”位数或字符错误。"
    assert mask_message(message, ["77012019880314681"]) == "拟名壬丑的身份证号“770120*******4681”位数或字符错误。"


def test_a_fragment_of_a_number_leaves_the_rest_of_the_message_alone() -> None:
    assert mask_message("“1”不是证件号码，2026-01-11受理。", ["1"]) == "“1”不是证件号码，2026-01-11受理。"
