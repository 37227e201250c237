"""The questions that the command line and the HTTP service both answer."""
