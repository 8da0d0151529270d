"""Settings by deployment: local (embedded services), test, production."""
