"""What is worded alike wherever people read it: amounts and days, kin, names of kinds and relations."""
