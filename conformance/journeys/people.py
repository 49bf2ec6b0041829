"""Whom the profile names: the customers and accounts that checks go about with."""

from __future__ import annotations

from conformance.consent import AccountRef
from conformance.model import Blame, Blocked
from conformance.profile import Account, Balance, Condition, Customer, Profile


class People:
    """The profile's customers; what a check needs of them and the profile does not give is Blocked, with the cure."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    @property
    def customer(self) -> Customer:
        """The customer who goes on journeys unless another is named."""
        return self.profile.customers[0]

    def numbered(self, number: int) -> Customer:
        """The customer of that number, counted round where the profile names fewer."""
        return self.profile.customers[number % len(self.profile.customers)]

    def accounts(self, customer: Customer | None = None) -> tuple[AccountRef, ...]:
        """All accounts of a customer that the profile knows."""
        return tuple(
            AccountRef(each.account_id, each.account_number, each.account_name)
            for each in (customer or self.customer).accounts
            if each.condition is Condition.USUAL
        )

    def account_in(self, condition: Condition) -> tuple[Customer, AccountRef]:
        """An account that cannot be read, and its owner; Blocked where the profile names none."""
        for customer in self.profile.customers:
            for each in customer.accounts:
                if each.condition is condition:
                    return customer, AccountRef(each.account_id, each.account_number, each.account_name)
        raise Blocked(
            f"find a {condition} account", "the profile names none", blame=Blame.CONFIGURATION, cure="Name one"
        )

    def credit_accounts(self) -> tuple[Customer, tuple[AccountRef, ...]]:
        """A customer with credit accounts, and these; Blocked where nobody has one."""
        for customer in self.profile.customers:
            types = {each.account_id: each.type for each in customer.accounts}
            found = tuple(each for each in self.accounts(customer) if types[each.account_id] == "credit")
            if found:
                return customer, found
        raise Blocked("find a credit account", "the profile names none", blame=Blame.CONFIGURATION, cure="Name one")

    def known_balances(self) -> dict[AccountRef, Balance]:
        """The customer's accounts whose balance the profile knows; Blocked where it knows none."""
        found = {
            account: each.balance
            for account, each in zip(self.accounts(), self._usual(), strict=True)
            if each.balance is not None
        }
        if not found:
            raise Blocked(
                "compare a balance with a known one",
                f"the profile knows no balance of {self.customer.name}",
                blame=Blame.CONFIGURATION,
                cure="Give customers[].accounts[].balance",
            )
        return found

    def _usual(self) -> list[Account]:
        return [each for each in self.customer.accounts if each.condition is Condition.USUAL]

    def second_account(self) -> AccountRef:
        """An account of the customer that the witness consent leaves out; Blocked where he has but one."""
        accounts = self.accounts()
        if len(accounts) < 2:
            raise Blocked(
                "ask for an account outside the consent",
                f"{self.customer.name} has one account only",
                blame=Blame.CONFIGURATION,
                cure="Give the customer a second account in the profile",
            )
        return accounts[1]

    def not_shared_with(self, stranger: Customer) -> tuple[AccountRef, ...]:
        """The customer's accounts that are not another one's too."""
        joint = {each.account_id for each in self.accounts(stranger)}
        return tuple(each for each in self.accounts() if each.account_id not in joint)

    def account_of_another_customer(self) -> AccountRef:
        """An account of the profile's second customer; Blocked where there is none."""
        if len(self.profile.customers) < 2:
            raise Blocked(
                "ask for another customer's account",
                "the profile names one customer only",
                blame=Blame.CONFIGURATION,
                cure="Name a second customer",
            )
        return self.accounts(self.profile.customers[1])[0]

    def secrets_of(self, account: AccountRef) -> tuple[str, ...]:
        """What must not be seen in the clear of an account's data."""
        known = {each.account_id: each for each in self.customer.accounts}[account.account_id]
        amount = (known.balance.amount,) if known.balance and len(known.balance.amount) > 5 else ()
        return (account.account_number, *amount)
