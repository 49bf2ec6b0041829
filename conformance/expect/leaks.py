"""What a refusal's text must not show (G: no internals)."""

from __future__ import annotations

import re

PATTERNS = {
    "a stack trace": re.compile(
        r"Traceback \(most recent|goroutine \d+ \[|panicked at|\.py\", line \d+"
        r"|\bat [\w$.<>]+\([\w$]+\.(?:java|kt|scala):\d+\)"
        r"|\bat .{1,80}\.(?:js|ts|cs):(?:line )?\d+"
        r"|System\.\w+Exception|\b(?:java|javax|org|com)\.[\w.]+(?:Exception|Error)\b"
    ),
    "SQL": re.compile(
        r"\bORA-\d{5}\b|SQLSTATE|SQLException|syntax error at or near|near \".{1,40}\": syntax error"
        r"|\bSELECT\b.{1,80}\bFROM\b|\bINSERT INTO\b|\bUPDATE\b.{1,40}\bSET\b|duplicate key value"
    ),
    "a path of its file system": re.compile(
        r"(?<![\w/])/(?:home|usr|var|opt|etc|srv|app|root)/[\w.-]+/|\b[A-Za-z]:\\\\?\w+\\"
    ),
    "a version": re.compile(
        r"(?i)\b(?:nginx|apache|tomcat|jetty|express|kestrel|openresty|php|werkzeug|gunicorn|uvicorn|openssl|node)"
        r"[/ ]v?\d+\.\d+"
    ),
}
"""By what it is: how it looks. Words that a bank may use in a sentence are left alone."""
