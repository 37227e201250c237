"""A plain second reading of which loans were passed on to a merchant: one row after the other."""

from collections import defaultdict

DAY = 24 * 3_600_000


def passed_on(payments, transfers, tills):
    """``{(loan, merchant): time}``: when a merchant first got most of a loan.

    Parameters
    ----------
    payments : ``(loan, account, amount, time)`` of what loans paid out
    transfers : ``(source, target, amount, time)``, in the order of their times
    tills : by account, the merchants whose it is
    """
    brought, found = defaultdict(list), {}
    for loan, account, amount, time in payments:
        if amount > 0 and time > 0:
            brought[account].append((time, amount, loan))
    for source, target, amount, time in transfers:
        fit = [
            one
            for one in brought[source]
            if 0 <= time - one[0] <= 2 * DAY and amount > one[1] / 2 and one[1] > amount / 2
        ]
        for merchant in tills[target] if amount > 0 and time > 0 and fit else ():
            found.setdefault((max(fit)[2], merchant), time)
    return found
