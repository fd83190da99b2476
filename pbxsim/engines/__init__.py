"""Who decides that a telephone rings, is answered, fails: one package for each way of deciding."""

DEFAULT_ENGINE = "simulated"
"""Who does, unless somebody says otherwise."""
