"""Who curates in the tests."""

from dashboard.people import Person, Role

ADA = Person("ada@example.org", "Ada", Role.CURATOR)
BOB = Person("bob@example.org", "Bob", Role.CURATOR)
EVE = Person("eve@example.org", "Eve", Role.VIEWER)
