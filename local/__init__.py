"""The cloud on your machine: the real template, an AWS emulator, and the data plane beside it."""
