"""One module for each kind of database: how many rows are written at once, and what its errors mean."""
