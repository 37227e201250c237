"""The one exception for everything the user can mend."""


class UserError(Exception):
    """Bad input, an unknown name, a file that is not there: something the user can put right.

    The message is one line and says what to do. The command line prints it and exits with 2; the HTTP service
    answers with ``status`` and a problem+json body.

    Parameters
    ----------
    message : one line, in plain words, that names the thing and the remedy
    status : the HTTP status the service answers with; 404 for what does not exist, 409 for a conflict
    """

    def __init__(self, message: str, status: int = 400):
        super().__init__(" ".join(message.split()))
        self.status = status
