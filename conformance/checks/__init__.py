"""The questions put to a Data Provider, one requirement each."""
