"""The live page: what a browser is sent to begin with. All that it shows it asks the control API for."""
