"""The Google Ads Query Language: text to a parsed query. It knows the grammar, no resource and no field."""

import re
from dataclasses import dataclass

from adsandbox.google.errors import Refused, refuse

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>-?\d+(?:\.\d+)?(?![\w.]))"
    r"|(?P<word>[A-Za-z_][\w.]*)|(?P<sign>!=|>=|<=|[=<>(),])|(?P<other>\S))"
)
_COMPARISONS = frozenset({"=", "!=", ">", ">=", "<", "<="})


@dataclass(frozen=True, slots=True)
class Condition:
    """`field operator values`; operators in capitals, `NOT IN` and kin as one word with a blank."""

    field: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query. `order` holds (field, descending)."""

    select: tuple[str, ...]
    resource: str
    where: tuple[Condition, ...]
    order: tuple[tuple[str, bool], ...]
    limit: int | None
    parameters: tuple[tuple[str, str], ...]


def parse(text: str) -> Query:
    """The query, or a refusal with Google's queryError code."""
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._at = 0

    def query(self) -> Query:
        if not self._word("SELECT"):
            raise _bad("EXPECTED_SELECT", "Expected SELECT.")
        select = self._list()
        if not self._word("FROM"):
            raise _bad("EXPECTED_FROM", "Expected FROM.")
        resource = self._field()
        where = self._where() if self._word("WHERE") else ()
        order = self._order() if self._word("ORDER") else ()
        limit = self._limit() if self._word("LIMIT") else None
        parameters = self._parameters() if self._word("PARAMETERS") else ()
        if self._peek() is not None:
            raise _bad("UNEXPECTED_INPUT", f"Unexpected input {self._peek()!r}.")
        return Query(select, resource, where, order, limit, parameters)

    # parts

    def _list(self) -> tuple[str, ...]:
        found = [self._field()]
        while self._sign(","):
            found.append(self._field())
        return tuple(found)

    def _where(self) -> tuple[Condition, ...]:
        found = [self._condition()]
        while self._word("AND"):
            found.append(self._condition())
        return tuple(found)

    def _condition(self) -> Condition:
        field = self._field()
        operator = self._operator()
        if operator in ("IS NULL", "IS NOT NULL"):
            return Condition(field, operator, ())
        if operator == "BETWEEN":
            low = self._value()
            if not self._word("AND"):
                raise _bad("EXPECTED_AND", "Expected AND.")
            return Condition(field, operator, (low, self._value()))
        if operator.endswith("IN") or operator.startswith("CONTAINS"):
            return Condition(field, operator, self._values())
        return Condition(field, operator, (self._value(),))

    def _operator(self) -> str:
        token = self._take()
        if token in _COMPARISONS:
            return token
        word = token.upper()
        if word == "NOT":
            word += " " + self._take().upper()
        if word == "CONTAINS":
            word += " " + self._take().upper()
        if word == "IS":
            word += " NOT" if self._word("NOT") else ""
            word += " " + self._take().upper()
        if word not in _WORDS:
            raise _bad("BAD_OPERATOR", f"Unknown operator {token!r}.")
        return word

    def _values(self) -> tuple[str, ...]:
        if not self._sign("("):
            raise _bad("EXPECTED_LIST", "Expected a list.")
        if self._sign(")"):
            raise _bad("PROHIBITED_EMPTY_LIST_IN_CONDITION", "The list is empty.")
        found = [self._value()]
        while self._sign(","):
            found.append(self._value())
        if not self._sign(")"):
            raise _bad("EXPECTED_LIST", "The list is not closed.")
        return tuple(found)

    def _order(self) -> tuple[tuple[str, bool], ...]:
        if not self._word("BY"):
            raise _bad("EXPECTED_BY", "Expected BY.")
        found = []
        while True:
            field = self._field()
            descending = self._word("DESC")
            if not descending:
                self._word("ASC")
            found.append((field, descending))
            if not self._sign(","):
                return tuple(found)

    def _limit(self) -> int:
        token = self._take()
        if not token.isdigit():
            raise _bad("BAD_LIMIT_VALUE", f"Bad limit {token!r}.")
        if int(token) < 1:
            raise _bad("LIMIT_VALUE_TOO_LOW", "The limit is below 1.")
        return int(token)

    def _parameters(self) -> tuple[tuple[str, str], ...]:
        found = []
        while True:
            name = self._field()
            if not self._sign("="):
                raise _bad("BAD_PARAMETER_VALUE", "Expected =.")
            found.append((name, self._value()))
            if not self._sign(","):
                return tuple(found)

    # tokens

    def _peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> str:
        token = self._peek()
        if token is None:
            raise _bad("UNEXPECTED_END_OF_QUERY", "The query ends too early.")
        self._at += 1
        return token

    def _word(self, word: str) -> bool:
        token = self._peek()
        found = token is not None and token.upper() == word
        self._at += found
        return found

    def _sign(self, sign: str) -> bool:
        found = self._peek() == sign
        self._at += found
        return found

    def _field(self) -> str:
        token = self._take()
        if not re.fullmatch(r"[A-Za-z_][\w.]*", token):
            raise _bad("BAD_FIELD_NAME", f"{token!r} is no field.")
        return token

    def _value(self) -> str:
        token = self._take()
        if token[0] in "'\"":
            return re.sub(r"\\(.)", r"\1", token[1:-1])
        if not re.fullmatch(r"-?[\w.]+", token):
            raise _bad("EXPECTED_SINGLE_VALUE", f"{token!r} is no value.")
        return token


_WORDS = frozenset(
    {
        "IN", "NOT IN", "LIKE", "NOT LIKE", "CONTAINS ANY", "CONTAINS ALL", "CONTAINS NONE", "IS NULL",
        "IS NOT NULL", "DURING", "BETWEEN", "REGEXP_MATCH", "NOT REGEXP_MATCH",
    }
)  # fmt: skip


def _tokens(text: str) -> list[str]:
    found, at = [], 0
    stripped = text.rstrip()
    while at < len(stripped):
        match = _TOKEN.match(stripped, at)
        if match is None or match.group("other"):
            rest = stripped[at:].lstrip()
            if rest[:1] in "'\"":
                raise _bad("STRING_NOT_TERMINATED", "A string is not closed.")
            raise _bad("BAD_SYMBOL", f"Bad symbol {rest[:1]!r}.")
        found.append(match.group().strip())
        at = match.end()
    return found


def _bad(code: str, message: str) -> Refused:
    return refuse("queryError", code, f"Error in query: {message}")
