"""One of several processes of a training, started by PyTorch's launcher: its argument is the job."""

import logging
import os
import sys

from phonotopy.core.errors import InputError
from phonotopy.recogniser.train import share

__all__: list[str] = []


def main(argument: str) -> None:
    """Train, and report on stdout; all but the first process report failures alone."""
    level = logging.INFO if os.environ["RANK"] == "0" else logging.ERROR
    logging.basicConfig(stream=sys.stdout, format="%(message)s", level=level)
    try:
        share(argument)
    except InputError as error:
        logging.getLogger("phonotopy").error("%s", error)
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
