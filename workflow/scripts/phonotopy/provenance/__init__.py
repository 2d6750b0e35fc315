"""Where results come from, what differs between two runs, and what is packed with a paper."""
