"""Numbers and names as offices, carriers and makers hand them out: each is given once, with a right check digit."""

from __future__ import annotations

from random import Random

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LOCAL = ["330102", "330105", "330106", "330108", "330110"]
ELSEWHERE = ["340102", "341226", "360102", "410102", "411224", "420102", "430102", "510104", "520102", "610102"]
MOBILE = [
    "130",
    "131",
    "132",
    "135",
    "136",
    "137",
    "138",
    "139",
    "150",
    "151",
    "152",
    "155",
    "158",
    "159",
    "177",
    "180",
]
BANKS = {"621700": "建设银行", "622202": "工商银行", "622848": "农业银行", "621661": "中国银行", "621483": "招商银行"}
MAKERS = ["34:ce:00", "50:64:2b", "64:09:80", "78:11:dc", "8c:be:be", "bc:46:99", "d4:ee:07", "f4:83:cd"]
TYPE_CODES = ["86045930", "86123404", "86739105", "35209811", "35391110"]
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰涛明超秀霞平刚桂英华玉兰萍红建国志文斌辉玲波梅琴云凤龙海山仁宁福晓佳思雨子轩浩宇欣"


def luhn(digits: str) -> str:
    """The digits with their Luhn check digit."""
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits))]
    return digits + str(-sum(value // 10 + value % 10 for value in doubled) % 10)


class Numbers:
    """A register of what was handed out, so that only what is meant to be shared is shared."""

    def __init__(self, rng: Random):
        self.rng = rng
        self.given: set[str] = set()

    def fresh(self, make) -> str:
        while (value := make()) in self.given:
            pass
        self.given.add(value)
        return value

    def digits(self, count: int) -> str:
        return "".join(self.rng.choices("0123456789", k=count))

    def hexes(self, count: int) -> str:
        return "".join(self.rng.choices("0123456789abcdef", k=count))

    def mobile(self) -> str:
        return self.fresh(lambda: self.rng.choice(MOBILE) + self.digits(8))

    def landline(self) -> str:
        return self.fresh(lambda: "0571-8" + self.digits(7))

    def key(self, letter: str, count: int = 9) -> str:
        return self.fresh(lambda: letter + self.digits(count))

    def card(self) -> tuple[str, str]:
        """A card number and the bank that it is of."""
        prefix = self.rng.choice(list(BANKS))
        return self.fresh(lambda: luhn(prefix + self.digits(12))), BANKS[prefix]

    def imei(self) -> str:
        return self.fresh(lambda: luhn(self.rng.choice(TYPE_CODES) + self.digits(6)))

    def installation(self) -> str:
        """What an app calls the handset it is installed on."""
        return self.fresh(lambda: self.hexes(16))

    def base_station(self) -> str:
        tail = self.hexes(6)
        return self.fresh(lambda: ":".join((self.rng.choice(MAKERS), tail[:2], self.hexes(2), tail[4:])))

    def public_ip(self) -> str:
        part = self.rng.randrange
        return self.fresh(lambda: f"{self.rng.choice((60, 115, 122, 183))}.{part(1, 250)}.{part(255)}.{part(1, 255)}")

    def document(self, born: int, male: bool, local: bool) -> str:
        """A resident's ID number: place, birthday, running number by sex, check digit."""
        place = self.rng.choice(LOCAL if local else ELSEWHERE)
        body = self.fresh(
            lambda: (
                f"{place}{born}{self.rng.randint(1, 12):02}{self.rng.randint(1, 28):02}{self.digits(2)}"
                f"{self.rng.randrange(5) * 2 + male}"
            )
        )
        return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]

    def company_code(self) -> str:
        body = self.fresh(lambda: "91330100MA" + "".join(self.rng.choices(USCC_SIGNS, k=7)))
        total = sum(USCC_SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
        return body + USCC_SIGNS[-total % 31]

    def surname(self) -> str:
        """A surname; the first of the list are by far the most frequent."""
        return SURNAMES[min(int(self.rng.expovariate(1 / 14)), len(SURNAMES) - 1)]

    def given_name(self) -> str:
        return "".join(self.rng.choices(GIVEN, k=1 if self.rng.random() < 0.18 else 2))
