"""What two stores say of the same book, in a form that can be compared."""

import json

from support.book import ringfence


def fill(url, folder, *load):
    """Load a book and run the detectors, by the commands a user would type."""
    for command in (("load", *load), ("detect",)):
        done = ringfence(*command, "--store", url, cwd=folder)
        assert done.returncode == 0, done.stderr


def found(url, folder):
    """All findings, as JSON lines."""
    return ringfence("findings", "--format", "jsonl", "--store", url, cwd=folder).stdout


def cases(url, folder):
    """All cases of the last night, but for what the clock said."""
    lines = ringfence("case", "list", "--format", "jsonl", "--store", url, cwd=folder).stdout.splitlines()
    return [_without(json.loads(line), "raised_at", "grown_at", "due") for line in lines]


def _without(told, *names):
    return {name: value for name, value in told.items() if name not in names}


def state(url, folder):
    """What ``status`` says, but for the time that detectors took."""
    told = json.loads(ringfence("status", "--format", "json", "--store", url, cwd=folder).stdout)
    for run in told["last_run"]["detectors"]:
        del run["seconds"], run["cpu_seconds"]
    return told
