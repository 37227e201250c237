"""Fund flows 资金流向: loan money followed along time to where it must not go, or back to the borrower."""
