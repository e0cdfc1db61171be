"""What CloudWatch does: metrics, and the alarms that the emulator leaves alone."""
