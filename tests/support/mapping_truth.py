"""How good a first mapping is, against what each column of a source is known to be."""

from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from ringfence.loaders.suggest.fields import GUESS, SURE


@dataclass
class Score:
    """Columns judged; the lists name those that are wrong, and those that are wrong and called sure."""

    columns: int = 0
    right: int = 0
    wrong: list = field(default_factory=list)
    wrong_and_sure: list = field(default_factory=list)

    def add(self, other):
        """Count the columns of another source too."""
        self.columns += other.columns
        self.right += other.right
        self.wrong += other.wrong
        self.wrong_and_sure += other.wrong_and_sure

    @property
    def share(self):
        """How many of the columns are right, 0 to 1."""
        return self.right / self.columns


def placed(survey, columns):
    """By header of a sheet, ``{"table.column": level}`` of all that it was matched to, commented out or not."""
    found = {name.place: {} for name in columns.fields}
    for number, entry in enumerate(survey.entries):
        if entry.columns is not columns:
            continue
        for pick in entry.picks:
            level = pick.level if survey.active(number) else GUESS
            for used in (*pick.fields, *((pick.when[0],) if pick.when else ())):
                found[used.place][f"{entry.table}.{pick.target}"] = level
        if entry.where:
            found[entry.where[0].place][f"{entry.table}.where"] = entry.level if survey.active(number) else GUESS
    return found


def score(survey, truth):
    """Judge every column of a source.

    A column is right where it was matched to what it is, or to nothing where it is nothing; a guess counts like any
    other match. It is wrong and sure where anything that is called sure is not what it is.

    Parameters
    ----------
    truth : called with the name of a sheet and a header (or, of two columns of one header, their place); gives the
        ``"table.column"`` that it may be, an empty set where it is nothing
    """
    result = Score()
    seen = {id(columns): columns for columns, _ in survey.left}
    for columns in seen.values():
        matches = placed(survey, columns)
        for one in columns.fields:
            meant = truth(columns.sheet.name, one.place if one.twice else one.header)
            said = matches[one.place]
            result.columns += 1
            name = f"{columns.sheet.name}: {one.header} -> {said or 'nothing'}, is {sorted(meant) or 'nothing'}"
            if (set(said) <= meant and said) or (not said and not meant):
                result.right += 1
            else:
                result.wrong.append(name)
            if any(level == SURE and target not in meant for target, level in said.items()):
                result.wrong_and_sure.append(name)
    return result


def by_mapping(mapping):
    """The truth that a mapping tells, by the names of its files and columns."""

    def meant(sheet, header):
        names = {part.split(".")[0].lower() for part in sheet.split("/")}
        found = set()
        for entry in mapping.entries:
            if not any(fnmatchcase(name, match.lower()) for name in names for match in entry.match):
                continue
            for target, rule in entry.columns.items():
                parts = [*rule.parts, *([rule.when.column] if rule.when else [])]
                if any(header.lower() in (name.lower() for name in part) for part in parts):
                    found.add(f"{entry.table}.{target}")
            if entry.where and header.lower() in (name.lower() for name in entry.where.column):
                found.add(f"{entry.table}.where")
        return found

    return meant
