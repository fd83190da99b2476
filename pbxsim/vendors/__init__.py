"""One package for each vendor's interface. They never import one another; `pbxsim.discovery` finds them."""
