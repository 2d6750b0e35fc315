"""The explorer: one page that shows any measure of the units of all trainings, made from finished results."""
