"""What Duocom answers when it refuses, as data. A PBX file may word each otherwise under `texts:`.

Only `ERROR: Cuenta incorrecta.` is the vendor's; the others are ours in its form, ASCII so that no character set can
hurt them (README, R5).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Text(StrEnum):
    """Why a request is refused, by the name under which a PBX file may give it another wording."""

    ACCOUNT = "account"
    SERVICE_OFF = "service-off"
    ADDRESS = "address"
    MISSING_PARAMETER = "missing-parameter"
    NUMBER = "number"
    MASK = "mask"
    EXTENSION = "extension"
    CREDIT = "credit"
    REQUEST = "request"
    DATE = "date"
    FILTER = "filter"
    RULE = "rule"
    ORDER = "order"
    REFERENCE = "reference"
    ACTION = "action"
    PHONE = "phone"


TEXTS: Final[dict[Text, str]] = {
    Text.ACCOUNT: "ERROR: Cuenta incorrecta.",
    Text.SERVICE_OFF: "ERROR: Servicio no activado.",
    Text.ADDRESS: "ERROR: IP no permitida.",
    Text.MISSING_PARAMETER: "ERROR: Faltan parametros.",
    Text.NUMBER: "ERROR: Numero incorrecto.",
    Text.MASK: "ERROR: Mascara incorrecta.",
    Text.EXTENSION: "ERROR: Extension incorrecta.",
    Text.CREDIT: "ERROR: Saldo insuficiente.",
    Text.REQUEST: "ERROR: Peticion incorrecta.",
    Text.DATE: "ERROR: Fecha incorrecta.",
    Text.FILTER: "ERROR: Filtro incorrecto.",
    Text.RULE: "ERROR: Regla incorrecta.",
    Text.ORDER: "ERROR: Orden incorrecta.",
    Text.REFERENCE: "ERROR: Referencia incorrecta.",
    Text.ACTION: "ERROR: Accion incorrecta.",
    Text.PHONE: "ERROR: Telefono incorrecto.",
}
