"""Run by another interpreter: what Datumaro reads in an export, as JSON. `read_elsewhere.py FORMAT FOLDER`."""

import json
import sys


def main(form: str, folder: str) -> None:
    from datumaro.components.annotation import AnnotationType
    from datumaro.components.dataset import Dataset

    found = Dataset.import_from(folder, form)
    names = [one.name for one in found.categories()[AnnotationType.label]]
    rows = [
        {
            "id": item.id,
            "part": item.subset.replace("-", "_"),
            "boxes": sorted([names[one.label], *one.points] for one in item.annotations if hasattr(one, "points")),
        }
        for item in found
    ]
    print(json.dumps({"kinds": names, "pictures": sorted(rows, key=lambda row: row["id"])}))


if __name__ == "__main__":
    main(*sys.argv[1:])
