"""The matching engine: who fits whom, best for all at once, and why. Pure functions; it knows no database."""
