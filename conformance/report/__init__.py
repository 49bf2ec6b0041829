"""What a run leaves behind: the record, which is the truth, and the views of it."""
