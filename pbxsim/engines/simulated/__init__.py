"""Telephones that exist only here: what each does follows from the PBX file, its number and the seed."""
