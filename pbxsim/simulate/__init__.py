"""`pbxsim simulate`: hours of traffic in seconds."""
