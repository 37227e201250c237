"""What the user can mend, by kind. The command line prints the line and exits with 2; ``api.http.errors`` alone knows
which HTTP status a kind is."""


class UserError(Exception):
    """Bad input, an unknown name, a file that is not there: something the user can put right.

    Parameters
    ----------
    message : one line, in plain words, that names the thing and the remedy
    """

    def __init__(self, message: str):
        super().__init__(" ".join(message.split()))


class NotFound(UserError):
    """What is asked for does not exist, or was not known at that time."""


class Conflict(UserError):
    """It cannot be done as things stand: several fit, or something rests on it."""


class Gone(UserError):
    """What is asked for was there, and is kept no longer."""


class Rejected(UserError):
    """What a source holds is refused: a required table is missing or empty, or too many rows cannot be used."""


class Unavailable(UserError):
    """There is no store yet, or disk or server fail at the moment: the same may work later."""


class Busy(Unavailable):
    """Somebody else is at it: the same works once they are done."""
