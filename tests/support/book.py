"""A small book as a folder of canonical tables: a guarantee circle, a shared phone, a shared landline, odd names.

C1, C2 and C3 (甲, 乙, 丙) stand surety for one another in a cycle, and a chain hangs on it. A1 and A2 name one mobile;
A3 and A4 share an employer and its landline, which links no one. One guarantee names a company that nobody declares,
and one amount is no number. Guarantees G7 to G11 ended in 2024.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryFile

from . import warm

TABLES = {
    "companies": """company_id,name,net_assets,status_date
C1,甲公司,10000000,2026-01-31
C2,乙公司,8000000,2026-01-31
C3,丙公司,6000000,2026-01-31
粤/2024:07,<b>丁</b> & 戊公司,5000000,2026-01-31
C5,己公司,,
C6,庚公司,,
""",
    "applicants": """applicant_id,name,cert_no,mobile,employer,employer_phone
A1,张小明,,13812345678,,
A2,欧阳锋,,138 1234 5678,,
A3,李雷,,13900001111,某某集团,010-62345678
A4,韩梅梅,,13900002222,某某集团,010-62345678
A5,王五,,13700003333,,
""",
    "applications": """apply_no,applicant_id,apply_time,product,amount,device_id
P1,A1,2026-01-05 10:00:00,消费贷,20000,dev-1
P2,A2,2026-01-06 11:00:00,消费贷,30000,dev-1
P3,A5,2026-03-01 09:30:00,消费贷,abc,dev-5
""",
    "guarantees": """contract_id,guarantor_id,borrower_id,amount,currency,start_date,end_date,status
G1,C1,C2,5000000,CNY,2025-06-01,2027-06-01,有效
G2,C2,C3,3000000,CNY,2025-07-01,2027-07-01,有效
G3,C3,C1,4500000,CNY,2026-02-01,2027-08-01,有效
G4,C3,粤/2024:07,1200000,CNY,2025-06-01,2027-06-01,有效
G5,粤/2024:07,C5,800000,CNY,2025-06-01,2027-06-01,有效
G6,C5,C6,400000,CNY,2025-06-01,2027-06-01,有效
G7,C6,C2,100,CNY,2024-01-01,2024-12-31,有效
G8,C6,C5,100,CNY,2024-01-01,2024-12-31,有效
G9,C5,C3,100,CNY,2024-01-01,2024-12-31,有效
G10,C5,C2,100,CNY,2024-01-01,2024-12-31,有效
G11,C6,C3,100,CNY,2024-01-01,2024-12-31,有效
G12,C5,NOBODY,100,CNY,2024-01-01,2024-12-31,有效
""",
    "accounts": """account_no,owner_id
6222020000001234567,C1
9007199254740993,C2
""",
    "transfers": """transfer_id,from_account,to_account,amount,time,kind
T1,6222020000001234567,9007199254740993,1000.5,2026-03-15 08:00:00,transfer
""",
}


def write_book(folder: Path) -> Path:
    """The book as a folder of canonical tables."""
    folder.mkdir(parents=True)
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def ringfence(*arguments: str, cwd: Path, stdin: str | bytes | None = None, **environment: str):
    """Run the command line in a process of its own; its output is decoded as UTF-8."""
    sent = stdin.encode() if isinstance(stdin, str) else stdin or b""
    with TemporaryFile() as given, TemporaryFile() as output, TemporaryFile() as error:
        given.write(sent)
        given.seek(0)
        files = (given.fileno(), output.fileno(), error.fileno())
        started = _cold if any(name.startswith(warm.READ_AT_THE_START) for name in environment) else warm.run
        code = started(arguments, cwd, files, {**os.environ, **environment})
        output.seek(0)
        error.seek(0)
        return subprocess.CompletedProcess(
            ["ringfence", *arguments], code, output.read().decode(), error.read().decode()
        )


def _cold(arguments: tuple[str, ...], cwd: Path, files: tuple[int, int, int], environment: dict[str, str]) -> int:
    stdin, stdout, stderr = files
    command = [str(Path(sys.executable).with_name("ringfence")), *arguments]
    return subprocess.run(command, cwd=cwd, stdin=stdin, stdout=stdout, stderr=stderr, env=environment).returncode
