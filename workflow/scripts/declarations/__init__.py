"""What the workflow makes, each thing declared once: rules, targets, estimates, cluster groups and pages follow."""
