"""The charges of the fictional district: how often they occur and what a card of that charge must tell.

A crime says what its cards need (victim, casualty, amount ...), never how a rule judges them.
"""

from dataclasses import dataclass
from typing import Literal

Organ = Literal["police", "traffic", "supervision", "procuratorate"]


@dataclass(frozen=True)
class Crime:
    """A charge with its share of the cases; amounts in 万元, terms in months, shares between 0 and 1."""

    charge: str
    weight: float
    department: tuple[int, ...]
    organ: Organ = "police"
    victim: tuple[str, ...] = ()
    casualty: tuple[str, ...] = ()
    amount: tuple[float, float] | None = None
    economic: bool = False
    brand: bool = False
    conceal: bool = False
    telecom: float = 0.0
    months: tuple[int, int] = (6, 30)
    detention: float = 0.2
    fine: tuple[float, float] | None = None
    arrest: float = 0.6
    minors: float = 0.0
    units: float = 0.0
    persons: float = 0.25
    reclassified: str = ""
    accessory: str = ""
    facts: str = "涉嫌犯罪一起"

    @property
    def short(self) -> str:
        """The charge as case names write it, without 罪."""
        return self.charge.removesuffix("罪")


PERSON = ("自然人", "自然人", "自然人,女性", "自然人,老年人")
CONCEALING = "掩饰、隐瞒犯罪所得、犯罪所得收益罪"
ORDINARY, GRAVE, DUTY, ECONOMIC, MINOR_OFFENCES, DRUGS, NETWORK, JUVENILE = range(8)

_CRIMES = (
    Crime(
        "盗窃罪",
        17,
        (ORDINARY, MINOR_OFFENCES),
        victim=PERSON,
        amount=(0.2, 12),
        economic=True,
        fine=(0.1, 2),
        minors=0.08,
        accessory=CONCEALING,
        facts="多次秘密窃取他人财物",
    ),
    Crime(
        "危险驾驶罪",
        19,
        (MINOR_OFFENCES,),
        "traffic",
        casualty=("", "财产损失"),
        detention=1,
        fine=(0.1, 0.8),
        arrest=0,
        persons=0,
        facts="醉酒驾驶机动车",
    ),
    Crime(
        "诈骗罪",
        9,
        (ORDINARY, NETWORK),
        victim=PERSON,
        amount=(0.5, 60),
        economic=True,
        telecom=0.5,
        months=(6, 60),
        fine=(0.2, 8),
        arrest=0.75,
        persons=0.4,
        reclassified="招摇撞骗罪",
        accessory=CONCEALING,
        facts="虚构事实骗取他人财物",
    ),
    Crime(
        "故意伤害罪",
        8,
        (ORDINARY, GRAVE),
        victim=PERSON,
        casualty=("轻伤", "轻伤", "轻伤,轻微伤", "重伤"),
        months=(6, 40),
        arrest=0.5,
        minors=0.06,
        reclassified="寻衅滋事罪",
        facts="因琐事持械殴打他人致伤",
    ),
    Crime(
        "交通肇事罪",
        6,
        (MINOR_OFFENCES, ORDINARY),
        "traffic",
        victim=("自然人", "自然人,老年人"),
        casualty=("死亡", "死亡", "重伤"),
        months=(8, 36),
        detention=0.05,
        arrest=0.2,
        persons=0,
        facts="违反交通运输管理法规发生事故",
    ),
    Crime(
        "帮助信息网络犯罪活动罪",
        8,
        (NETWORK,),
        amount=(0.3, 40),
        telecom=1,
        months=(6, 24),
        fine=(0.2, 2),
        arrest=0.55,
        persons=0.3,
        minors=0.03,
        reclassified=CONCEALING,
        facts="明知他人利用信息网络实施犯罪仍提供银行卡",
    ),
    Crime(
        CONCEALING,
        7,
        (NETWORK, ORDINARY),
        amount=(0.3, 80),
        conceal=True,
        telecom=0.5,
        months=(6, 36),
        fine=(0.2, 3),
        persons=0.35,
        facts="明知系犯罪所得仍予转移",
    ),
    Crime(
        "寻衅滋事罪",
        5,
        (ORDINARY,),
        victim=PERSON,
        casualty=("", "轻微伤", "轻伤"),
        persons=0.5,
        minors=0.08,
        reclassified="聚众斗殴罪",
        facts="随意殴打他人情节恶劣",
    ),
    Crime(
        "开设赌场罪",
        4,
        (ORDINARY, DRUGS),
        amount=(1, 90),
        telecom=0.3,
        fine=(0.5, 10),
        persons=0.6,
        facts="以营利为目的开设赌场",
    ),
    Crime(
        "走私、贩卖、运输、制造毒品罪",
        3,
        (DRUGS,),
        months=(6, 96),
        detention=0.05,
        fine=(0.2, 3),
        arrest=0.9,
        facts="贩卖毒品一次",
    ),
    Crime("容留他人吸毒罪", 2, (DRUGS,), fine=(0.1, 0.5), facts="多次容留他人吸食毒品"),
    Crime(
        "抢劫罪",
        1.2,
        (GRAVE,),
        victim=PERSON,
        casualty=("", "轻微伤"),
        amount=(0.05, 3),
        economic=True,
        months=(36, 84),
        detention=0,
        fine=(0.2, 2),
        arrest=1,
        minors=0.15,
        facts="使用暴力劫取他人财物",
    ),
    Crime(
        "强制猥亵、侮辱罪",
        1.2,
        (GRAVE,),
        victim=("自然人,女性",),
        months=(8, 40),
        arrest=0.9,
        facts="违背他人意志强制猥亵",
    ),
    Crime(
        "敲诈勒索罪",
        1.5,
        (ORDINARY,),
        victim=PERSON,
        amount=(0.3, 15),
        economic=True,
        fine=(0.1, 2),
        reclassified="寻衅滋事罪",
        facts="以要挟方法索取他人财物",
    ),
    Crime(
        "职务侵占罪",
        1.5,
        (ECONOMIC,),
        victim=("单位",),
        amount=(4, 120),
        economic=True,
        fine=(0.5, 5),
        arrest=0.5,
        facts="利用职务便利侵占本单位财物",
    ),
    Crime(
        "非法经营罪",
        1,
        (ECONOMIC,),
        amount=(5, 200),
        economic=True,
        fine=(1, 20),
        units=0.15,
        facts="未经许可经营专营物品",
    ),
    Crime(
        "销售假冒注册商标的商品罪",
        1.2,
        (NETWORK, ECONOMIC),
        amount=(5, 150),
        economic=True,
        brand=True,
        fine=(1, 30),
        units=0.2,
        arrest=0.35,
        facts="销售明知是假冒注册商标的商品",
    ),
    Crime(
        "虚开增值税专用发票、用于骗取出口退税、抵扣税款发票罪",
        1,
        (ECONOMIC,),
        amount=(5, 180),
        economic=True,
        fine=(2, 20),
        units=0.5,
        arrest=0.3,
        facts="在无真实交易情况下虚开发票",
    ),
    Crime(
        "拒不支付劳动报酬罪",
        0.6,
        (ECONOMIC,),
        victim=PERSON,
        amount=(3, 60),
        economic=True,
        fine=(0.5, 3),
        units=0.3,
        arrest=0.3,
        facts="有能力支付而不支付劳动报酬",
    ),
    Crime(
        "组织、领导传销活动罪",
        0.5,
        (ECONOMIC,),
        amount=(10, 300),
        economic=True,
        fine=(1, 20),
        persons=0.7,
        facts="组织领导传销活动",
    ),
    Crime("污染环境罪", 0.5, (ECONOMIC,), fine=(0.5, 10), units=0.4, arrest=0.3, facts="非法处置危险废物"),
    Crime(
        "非法捕捞水产品罪",
        1,
        (ECONOMIC,),
        fine=(0.1, 0.6),
        detention=0.6,
        arrest=0.02,
        facts="在禁渔期使用禁用工具捕捞",
    ),
    Crime("聚众斗殴罪", 1.2, (GRAVE, ORDINARY), casualty=("轻微伤", "轻伤"), persons=1, minors=0.15, facts="聚众斗殴"),
    Crime("袭警罪", 1, (ORDINARY,), casualty=("", "轻微伤"), months=(6, 18), facts="暴力袭击依法执行职务的人民警察"),
    Crime("偷越国（边）境罪", 0.4, (ORDINARY,), fine=(0.1, 1), facts="违反规定偷越国（边）境"),
    Crime("招摇撞骗罪", 0.4, (ORDINARY,), months=(6, 24), facts="冒充国家机关工作人员招摇撞骗"),
    Crime(
        "受贿罪",
        0.9,
        (DUTY,),
        "supervision",
        amount=(5, 300),
        months=(12, 72),
        detention=0,
        fine=(10, 40),
        persons=0,
        facts="利用职务便利收受他人财物",
    ),
    Crime(
        "贪污罪",
        0.4,
        (DUTY,),
        "supervision",
        amount=(5, 200),
        months=(12, 60),
        detention=0,
        fine=(10, 30),
        persons=0.2,
        facts="利用职务便利侵吞公款",
    ),
    Crime(
        "行贿罪",
        0.4,
        (DUTY,),
        "supervision",
        amount=(5, 100),
        months=(6, 36),
        fine=(5, 20),
        persons=0,
        units=0.0,
        facts="为谋取不正当利益给予财物",
    ),
    Crime(
        "滥用职权罪",
        0.4,
        (DUTY,),
        "procuratorate",
        months=(6, 36),
        persons=0,
        arrest=0.7,
        facts="滥用职权致使公共利益受损",
    ),
)

CRIMES: dict[str, Crime] = {crime.charge: crime for crime in _CRIMES}
"""Every charge of the district by its name."""
