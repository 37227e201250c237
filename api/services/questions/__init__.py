"""Questions of investigators about money, sign-ins, guarantees and holdings: the complex reads of LDBC FinBench."""
