"""The vendor's failure replies as data: its table "Common Response Messages", letter for letter.

What is not here: the two rows that have no envelope (a wrong address and a file that does not exist, both 404: the web
server's own page), and the rows for numbers, trunks and queues, which no call ever meets. `dose` is theirs.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Failure(StrEnum):
    """A row of the table, by the name under which a PBX file may give it another text."""

    FIELD_MISSING = "field-missing"
    OPERATION_FAILED = "operation-failed"
    UNPARSABLE = "unparsable"
    CREDENTIALS_MISSING = "credentials-missing"
    CREDENTIALS_INVALID = "credentials-invalid"
    ACCESS_DENIED = "access-denied"
    ADDRESS_REFUSED = "address-refused"
    METHOD_REFUSED = "method-refused"
    MEDIA_TYPE_REFUSED = "media-type-refused"
    NO_SUCH_SERVICE = "no-such-service"


FAILURES: Final[dict[Failure, tuple[int, str]]] = {
    Failure.FIELD_MISSING: (200, "Field '{name}':value is missing"),
    Failure.OPERATION_FAILED: (200, "Requested operation failed"),
    Failure.UNPARSABLE: (400, "Unable to parse content"),
    Failure.CREDENTIALS_MISSING: (401, "BasicAuth or ApiKey is missing"),
    Failure.CREDENTIALS_INVALID: (401, "BasicAuth or ApiKey is invalid"),
    Failure.ACCESS_DENIED: (403, '"{name}";Access denied'),
    Failure.ADDRESS_REFUSED: (403, "IP is not permitted"),
    Failure.METHOD_REFUSED: (405, "Method not allowed"),
    Failure.MEDIA_TYPE_REFUSED: (415, "Unsupported Media Type"),
    Failure.NO_SUCH_SERVICE: (501, "Requested service dose not exist"),
}
"""HTTP status and message. `{name}` is the missing parameter, or the service that the account may not use."""
