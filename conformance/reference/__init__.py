"""An honest Data Provider to try the suite on; a dictionary of named flaws makes it dishonest in one way at a time."""
