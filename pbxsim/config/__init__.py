"""PBX files: what they may say, how faults in them are told, and how a PBX is built from one."""
