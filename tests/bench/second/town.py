"""A town before anyone borrows: dwellings and families, work, schools, villages, shops, carriers, handsets.

Nothing here knows of credit or of fraud. Families are built from the elders down: an elder couple has children, who
keep the father's surname, stay or found a household of their own with another family's child. Employers have
heavy-tailed sizes. Villages hold few surnames. Home broadband has its address from a pool and changes it each quarter,
so that strangers have the same address at different times; phones on mobile data stand behind a few addresses of
their carrier, thousands to each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from .numbers import Numbers

CENTRE = (30.25, 120.15)
STREETS = [
    "解放路",
    "建设路",
    "人民路",
    "文三路",
    "滨江路",
    "中山路",
    "学院路",
    "朝晖路",
    "新华路",
    "凤起路",
    "庆春路",
    "工业大道",
    "环城东路",
]
DISTRICTS = ["上城区", "拱墅区", "西湖区", "滨江区", "余杭区"]
ESTATES = [
    "阳光花园",
    "翠苑新村",
    "金色家园",
    "锦绣江南",
    "绿城桂园",
    "和平小区",
    "望江公寓",
    "万家花城",
    "水岸名苑",
    "东方郡",
]
TRADES = [
    "电子科技",
    "服饰",
    "餐饮管理",
    "物流",
    "建筑工程",
    "机械制造",
    "商贸",
    "物业服务",
    "信息技术",
    "家政服务",
    "汽车服务",
    "文化传媒",
]
BRANDS = [
    "华辰",
    "恒泰",
    "金鼎",
    "博远",
    "天成",
    "新锐",
    "宏图",
    "瑞丰",
    "众合",
    "启明",
    "鑫达",
    "盛世",
    "万通",
    "佳和",
    "立信",
    "东升",
    "永安",
    "卓越",
]
WARES = {"手机数码": 3000, "医美": 9000, "驾校": 4000, "电动车": 3500, "家电": 4000, "教育培训": 8000}
MODELS = ["HUAWEI Mate 60", "HUAWEI nova 12", "OPPO A3", "vivo Y100", "Redmi Note 13", "HONOR X50", "iPhone 13"]


@dataclass(slots=True, eq=False)
class Place:
    """Somewhere an application can be filed from: an address, a point, a base station, an internet address."""

    address: str
    lat: float
    lon: float
    wifi: str = ""
    ips: list[str] = field(default_factory=list)  # one for each quarter, or one for good


@dataclass(slots=True, eq=False)
class Home(Place):
    kind: str = "family"  # family, flat, dormitory
    people: list[Person] = field(default_factory=list)
    village: str = ""
    short_address: str = ""  # as people write it who leave the door out


@dataclass(slots=True, eq=False)
class Handset:
    device: str
    imei: str
    model: str
    tells_imei: bool  # most phones no longer tell an app their imei


@dataclass(slots=True, eq=False)
class Employer:
    key: str
    name: str
    account: str
    kind: str  # office, factory
    phone: str = ""
    branches: list[Place] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    repays: bool = False  # pays instalments out of wages for those who ask


@dataclass(slots=True, eq=False)
class Shop:
    key: str
    name: str
    ware: str
    place: Place
    account: str
    tablets: list[Handset]
    sellers: list[str]
    size: float
    phone: str
    head: Person | None = None  # its legal representative, where known


@dataclass(slots=True, eq=False)
class Person:
    key: str
    surname: str
    name: str
    born: int
    male: bool
    document: str
    phone: str
    card: str
    home: Home
    handset: Handset
    job: Employer | None = None
    branch: Place | None = None
    circle: list[Person] = field(default_factory=list)  # whom one knows: classmates, neighbours, clan
    circle_word: str = "朋友"
    kin: list[tuple[str, Person]] = field(default_factory=list)
    student: bool = False
    email: str = ""
    registered: str = ""  # a collective household, where the person has no dwelling of their own on paper
    old_phone: str = ""
    second_card: str = ""
    declared: dict[str, str] = field(default_factory=dict)  # what is said on the form in place of the truth
    contacts: list[tuple[str, str, str]] = field(default_factory=list)
    fraud: str = ""  # the planted group that the person takes part in


@dataclass(slots=True, eq=False)
class Town:
    rng: Random
    numbers: Numbers
    people: list[Person] = field(default_factory=list)
    homes: list[Home] = field(default_factory=list)
    employers: list[Employer] = field(default_factory=list)
    shops: list[Shop] = field(default_factory=list)
    cafes: list[Place] = field(default_factory=list)
    schools: list[tuple[str, Place, list[Person]]] = field(default_factory=list)
    carriers: list[str] = field(default_factory=list)
    leases: list[str] = field(default_factory=list)  # the broadband provider's pool
    accounts: list[tuple[str, str, str, str]] = field(default_factory=list)  # number, owner, kind of owner, bank
    second_hand: list[tuple[Person, Person]] = field(default_factory=list)
    recycled: list[tuple[Person, Person]] = field(default_factory=list)

    def point(self, spread: float = 0.06) -> tuple[float, float]:
        return (self.rng.gauss(CENTRE[0], spread), self.rng.gauss(CENTRE[1], spread))

    def street(self) -> str:
        return f"杭州市{self.rng.choice(DISTRICTS)}{self.rng.choice(STREETS)}{self.rng.randint(1, 899)}号"

    def account(self, owner: str, kind: str) -> str:
        card, bank = self.numbers.card()
        self.accounts.append((card, owner, kind, bank))
        return card

    def handset(self, model: str = "") -> Handset:
        n = self.numbers
        return Handset(n.installation(), n.imei(), model or self.rng.choice(MODELS), self.rng.random() < 0.22)

    def premises(self, address: str) -> Place:
        """A place of business: its own base station and one lasting internet address."""
        return Place(address, *self.point(), self.numbers.base_station(), [self.numbers.public_ip()])

    def person(self, home: Home, born: int, male: bool, surname: str = "", local: bool = True) -> Person:
        n = self.numbers
        key = n.key("U")
        surname = surname or n.surname()
        name = surname + n.given_name()
        document = n.document(born, male, local)
        one = Person(key, surname, name, born, male, document, n.mobile(), self.account(key, ""), home, self.handset())
        one.email = f"{n.digits(9)}@qq.com" if self.rng.random() < 0.35 else ""
        home.people.append(one)
        self.people.append(one)
        return one
