"""`pbxsim traps`: an integration against what its vendors' manuals say and clients get wrong, with a report card."""
