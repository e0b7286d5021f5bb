"""What Schemathesis cannot know of the API: a key names one request, so each request that is well made has one of its own."""

import itertools
import re

import schemathesis

KEY = "Idempotency-Key"
COUNT = itertools.count()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Tells keys apart that were made up alike. One that is no key stays none."""
    key = (case.headers or {}).get(KEY)
    parts = re.fullmatch(r'("?)([!#-\[\]-~]{1,255})\1', key) if isinstance(key, str) else None
    if parts:
        quote, key = parts.groups()
        case.headers[KEY] = f"{quote}{key[:200]}-{next(COUNT)}{quote}"
