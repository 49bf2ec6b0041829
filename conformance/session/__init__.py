"""One run: what is set up for it, how checks are carried out beside each other, and what is gathered at its end."""
