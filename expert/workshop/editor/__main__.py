"""`python -m expert.workshop.editor FOLDER`: write the schemas that know no plant."""

import sys
from pathlib import Path

from expert.workshop.editor import write_schemas

if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m expert.workshop.editor FOLDER")
    write_schemas(Path(sys.argv[1]))
