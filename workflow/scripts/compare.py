"""What differs between two runs: python workflow/scripts/compare.py results other/results.

Takes folders of results, archives, or files provenance.json. Ends with 0 where all tables are the same, else with 1.
"""

import sys

from phonotopy.core.errors import InputError
from phonotopy.provenance.compare import compare, described, read_record


def main(arguments: list[str]) -> int:
    """Print the differences; 2 where there is nothing to compare."""
    if len(arguments) != 2:
        sys.stderr.write(__doc__ or "")
        return 2
    try:
        differences = compare(read_record(arguments[0]), read_record(arguments[1]))
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(described(differences, (arguments[0], arguments[1])) + "\n")
    return int(any(subject == "tables" for subject, *_ in differences))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
