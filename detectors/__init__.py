"""Pure functions of a snapshot, one file per question, and the batch run that calls them all."""
