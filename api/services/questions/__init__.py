"""Questions of investigators about money, sign-ins, guarantees and holdings: the complex reads of LDBC FinBench."""

from .asking import Asked, answer, ask, read_question

__all__ = ["Asked", "answer", "ask", "read_question"]
