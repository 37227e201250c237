"""Guarantee structures (担保圈): who stands surety for whom, and what hangs together."""
