"""What the workflow makes, each thing declared once: rules, targets, estimates and cluster groups follow."""
