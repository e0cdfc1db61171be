"""The AWS emulator: its process, the address under which it is reached, its outgoing mail."""
