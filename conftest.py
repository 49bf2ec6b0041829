"""The suite's plugin is found by its entry point; this file only keeps reports out of collection."""

collect_ignore_glob = ["reports/*"]
