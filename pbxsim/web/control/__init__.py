"""The control API under `/_pbxsim/`: routes.py lists the routes, each noun has a module, openapi.yaml is what binds."""
