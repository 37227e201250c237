"""A small book as canonical tables: a ring of eight and a guarantee circle of three companies, among honest people."""

from pathlib import Path

WORDS = ("朋友", "表哥", "同事", "配偶", "同学", "叔叔", "老板")
RING = [f"R{place}" for place in range(8)]
HONEST = [f"H{place}" for place in range(40)]
_APPLIED = "apply_no,applicant_id,apply_time,product,amount,device_id,ip"


def write_ring_book(folder: Path) -> Path:
    """The book: the ring passes two handsets round, has its loans paid out to three accounts, and names two contacts,
    each under other words; it borrows 20,000 to 27,000 each, in CNY, of which R0 is overdue and R1 written off."""
    people, applied, contacts, loans = [], [], [], []
    for place, key in enumerate(RING):
        people.append(f"{key},王{key},1370000{place:04d},柳巷{place}号")
        contacts.append(f"{key},1360000000{place % 2},{WORDS[place % len(WORDS)]}")
        day = 1 + place % 9
        applied.append(f"N{key},{key},2026-03-{day:02d},消费贷,20000,shared-handset-{place % 2},36.110.7.{place + 1}")
        state = {0: ("关注", 30), 1: ("损失", 400)}.get(place, ("正常", 0))
        amount = 20_000 + 1000 * place
        card = f"622202000000000000{place % 3}"
        loans.append(f"L{key},{key},N{key},{amount},{amount},CNY,2026-03-{day + 1:02d},{card},{state[0]},{state[1]}")
    for place, key in enumerate(HONEST):
        people.append(f"{key},李{key},1390000{place:04d},和平街{place // 2}号")
        day = f"2026-{1 + place % 5:02d}-{1 + place * 7 % 28:02d}"
        applied.append(f"N{key},{key},{day},消费贷,20000,own-handset-{place},36.110.8.{1 + place % 3}")
    guarantees = [f"G{place},C{place},C{(place + 1) % 3},1000000,CNY,2026-01-01,2028-01-01,有效" for place in range(3)]
    columns = "loan_id,borrower_id,apply_no,amount,balance,currency,disbursed_at,account_no,five_class,dpd"
    return write_tables(
        folder,
        applicants=["applicant_id,name,mobile,home_address", *people],
        contacts=["applicant_id,contact_mobile,relation", *contacts],
        applications=[_APPLIED, *applied],
        loans=[columns, *loans],
        companies=["company_id,name", *(f"C{place},{name}公司" for place, name in enumerate("甲乙丙"))],
        guarantees=[
            "contract_id,guarantor_id,borrower_id,amount,currency,start_date,end_date,status",
            *guarantees,
        ],
    )


def write_newcomers(folder: Path, *devices: str, prefix: str = "NEW", day: str = "2026-06-10") -> Path:
    """A day on which one new applicant comes with each of these devices."""
    people = [f"{prefix}{place},陈新,1350000{place:04d}" for place in range(len(devices))]
    applied = [
        f"N{prefix}{place},{prefix}{place},{day},消费贷,20000,{device},36.110.9.{place + 1}"
        for place, device in enumerate(devices)
    ]
    return write_tables(folder, applicants=["applicant_id,name,mobile", *people], applications=[_APPLIED, *applied])


def write_tables(folder: Path, **tables: list[str]) -> Path:
    """A folder with these lines as tables."""
    folder.mkdir(parents=True)
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return folder
