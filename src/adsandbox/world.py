"""The one state that all parts of the sandbox share."""

from adsandbox.accounts import Account, TokenBook
from adsandbox.clock import Clock
from adsandbox.delivery import Delivery
from adsandbox.faults import FaultBook
from adsandbox.lag import Lag
from adsandbox.quotas import QuotaBook
from adsandbox.store import Store


class World:
    """Clock, objects, accounts, tokens, faults, quotas and delivery of one sandbox. All in memory, one event loop,
    no locks.

    A handler must not await between reading and writing; the gate has read the body already.
    """

    def __init__(self, clock: Clock, *, seed: int = 1, delivers: bool = True, quotas: QuotaBook | None = None) -> None:
        self.clock = clock
        self.seed = seed
        self.store = Store(clock, seed=seed)
        self.tokens = TokenBook(clock, self.store)
        self.faults = FaultBook()
        self.quotas = quotas or QuotaBook()
        self.lag = Lag(clock)
        self.delivery = Delivery(clock, self.store, seed=seed, enabled=delivers, held=self._held)
        self._accounts: dict[tuple[str, str], Account] = {}

    def reset(self) -> None:
        """Forget everything and begin at the clock's start; the platforms then seed their accounts again."""
        self.clock.reset()
        self.store.reset()
        self.tokens.reset()
        self.faults.clear(drop=True)
        self.quotas.reset()
        self.lag.reset()
        self.delivery.reset()
        self._accounts.clear()

    def _held(self, platform: str, account_id: str) -> bool:
        account = self._accounts.get((platform, account_id))
        return account is not None and account.hold is not None

    def add_account(self, account: Account) -> Account:
        """Seed an account; the first of a platform is the one that the control API means."""
        self._accounts[account.platform, account.id] = account
        return account

    def account(self, platform: str, id_: str | None = None) -> Account | None:
        """The account with this id, or with None the platform's first; None when there is none."""
        if id_ is not None:
            return self._accounts.get((platform, id_))
        return next(iter(self.accounts(platform)), None)

    def accounts(self, platform: str) -> list[Account]:
        """The platform's accounts in the order in which they were seeded."""
        return [a for a in self._accounts.values() if a.platform == platform]
