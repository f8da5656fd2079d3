"""Asks this container's web server whether it is well; exit code 0 if it answers without an error of its own. For Docker's HEALTHCHECK."""

import os
import sys
import urllib.error
import urllib.request

request = urllib.request.Request(
    "http://127.0.0.1:8000/healthz",
    # The host must be one that the site answers to; the header stands for the web server with TLS in front.
    headers={"Host": os.environ["ALLOWED_HOSTS"].split(",")[0], "X-Forwarded-Proto": "https"},
)
try:
    urllib.request.urlopen(request, timeout=4).close()
except urllib.error.HTTPError as answer:
    sys.exit(1 if answer.code >= 500 else 0)
