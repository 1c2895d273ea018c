"""The portal on a sample register, on one machine, by one command."""
