"""Toy books for the fraud-ring detector: a ring, what looks like one, and crowds too large to be one."""

from support.toy import Book


def crowd(book, count, prefix="H", days=170):
    """The book with honest people beside it, each with things of their own; two in ten share a home with kin."""
    for i in range(count):
        key = f"{prefix}{i}"
        book.person(key, f"139{prefix}{i:05d}").owns(key, f"card-{key}").lives(key, f"street {prefix} {i // 5 * 5}")
        book.application(
            key, f"N{key}", f"2026-{1 + i % 5:02d}-{1 + i * 7 % 28:02d}", device=f"dev-{key}", ip=f"ip-{prefix}{i % 3}"
        )
    return book


def ring(book, keys, prefix="R", start=1):
    """The book with a ring in it: two handsets passed round, three accounts that loans go to, and two contacts whom
    everybody names otherwise, all within days."""
    words = ("朋友", "表哥", "同事", "配偶", "同学", "叔叔", "老板")
    for i, key in enumerate(keys):
        book.person(key, f"137{prefix}{i:05d}").lives(key, f"lane {prefix} {i}")
        book.contact(key, f"136{prefix}{i % 2}", words[i % len(words)], f"tok_{i}")
        book.application(
            key, f"N{key}", f"2026-03-{start + i:02d}", device=f"phone-{prefix}{i % 2}", ip=f"ip-{prefix}{i}"
        )
        book.loan(key, f"L{key}", 20_000 + 1000 * i, f"2026-03-{start + 1 + i:02d}", f"card-{prefix}{i % 3}", f"N{key}")
    return book


def planted():
    """A ring of eight among forty honest people."""
    return crowd(ring(Book(), [f"R{i}" for i in range(8)]), 40)
