"""Microsoft's two ways to say no: a fault for the whole request, an error for one item of it."""

from collections.abc import Mapping
from typing import Any

from adsandbox.microsoft.codes import CODES
from adsandbox.schema import Refusal, Rule


class FaultError(Exception):
    """Ends a request with a fault. `body` lacks only the tracking id, which the answer adds."""

    def __init__(self, body: Mapping[str, Any], *, status: int) -> None:
        super().__init__(str(body))
        self.body = dict(body)
        self.status = status


class ItemError(Exception):
    """One item of a request is refused; the others go on."""

    def __init__(self, code: int, *, details: str | None = None, field: str | None = None) -> None:
        super().__init__(f"{code} {CODES[code][0]}")
        self.code = code
        self.details = details
        self.field = field

    def shown(self, index: int) -> dict[str, Any]:
        """The BatchError of this item."""
        symbol, message = CODES[self.code]
        return {
            "Code": self.code,
            "Details": self.details,
            "ErrorCode": symbol,
            "FieldPath": self.field,
            "ForwardCompatibilityMap": None,
            "Index": index,
            "Message": message,
            "Type": "BatchError",
        }


def api_fault(code: int, *, status: int = 400, detail: str | None = None) -> FaultError:
    """AdApiFaultDetail: authentication, headers, rates, internal errors."""
    symbol, message = CODES[code]
    one = {"Code": code, "Detail": detail, "ErrorCode": symbol, "Message": message}
    return FaultError({"Errors": [one], "Type": "AdApiFaultDetail"}, status=status)


def operation_fault(code: int, *, details: str | None = None) -> FaultError:
    """ApiFaultDetail: the operation as a whole is refused."""
    symbol, message = CODES[code]
    one = {"Code": code, "Details": details, "ErrorCode": symbol, "Message": message}
    body = {"BatchErrors": [], "OperationErrors": [one], "Type": "ApiFaultDetail"}
    return FaultError(body, status=400)


def for_customers(fault: FaultError) -> FaultError:
    """The same fault as Customer Management shapes it: ApiFault, whose errors carry no symbols."""
    if fault.body["Type"] != "ApiFaultDetail":
        return fault
    shown = [{n: v for n, v in one.items() if n != "ErrorCode"} for one in fault.body["OperationErrors"]]
    return FaultError({"OperationErrors": shown, "Type": "ApiFault"}, status=fault.status)


def malformed(refusal: Refusal) -> FaultError:
    """201 for JSON that is not the operation's: an unknown element, a wrong type, an unknown enum value."""
    path = ".".join(str(part) for part in refusal.path) or "the request"
    return operation_fault(201, details=f"{path}: {refusal.message}")


def is_malformed(refusal: Refusal) -> bool:
    """Whether a broken rule spoils the whole request rather than one item."""
    return refusal.rule in (Rule.UNKNOWN, Rule.TYPE, Rule.ENUM, Rule.READ_ONLY, Rule.REQUIRED)


def nested(errors: list[dict[str, Any]], index: int) -> dict[str, Any]:
    """A BatchErrorCollection: the errors of one item of an operation with nested partial errors."""
    first = errors[0]
    return {
        "BatchErrors": errors,
        "Code": first["Code"],
        "Details": first["Details"],
        "ErrorCode": first["ErrorCode"],
        "FieldPath": None,
        "ForwardCompatibilityMap": None,
        "Index": index,
        "Message": first["Message"],
        "Type": "BatchErrorCollection",
    }
