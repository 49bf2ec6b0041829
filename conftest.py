"""The suite's own plugin is found by its entry point; only our tests need pytest's own helper."""
pytest_plugins = ["pytester"]
