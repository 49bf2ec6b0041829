"""Conformance suite and certification harness for Data Providers on PayNet's Open Finance Platform."""

__version__ = "0.1.0"
