"""JSON Schemas of the files that people write, for editors that complete and check YAML.

``python -m expert.workshop.editor FOLDER`` writes those that know no plant; `tuyere new schema` those that know the
names of a site. The keys come from the tables that the loader itself reads by.
"""

from expert.workshop.editor.schemas import modeline, schemas, write_schemas

__all__ = ["modeline", "schemas", "write_schemas"]
