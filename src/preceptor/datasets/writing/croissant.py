"""`croissant.json`: what a release is, for machines: files with their checksums, tables with their columns.

Source: Croissant Format Specification 1.1 and Croissant RAI 1.0, https://docs.mlcommons.org/croissant/.
"""

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any, get_type_hints

import msgspec

from preceptor.datasets.formats.interface import Format, WrittenFile
from preceptor.datasets.writing.card import CardFacts, Tally, clean_line

CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
MEDIA_TYPES = {
    ".jsonl": "application/jsonlines",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".md": "text/markdown",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
TYPES = {str: "sc:Text", int: "sc:Integer", float: "sc:Float", bool: "sc:Boolean"}
LIMITS = (
    "Judgements are opinions of the people who gave them. Texts were written by people and models; they may be wrong, "
    "and may hold personal details or offensive words that review did not find."
)


def croissant_text(
    *, facts: CardFacts, tally: Tally, formats: Sequence[Format[Any]], files: Sequence[WrittenFile]
) -> str:
    """The description of a release whose card is written with the same facts.

    Args:
        facts: what the project and the release are.
        tally: what their content was.
        formats: the formats that were written.
        files: the files that were written, of all formats.
    """
    title = f"{clean_line(facts.title)}, release {facts.number}"
    paths = {file.path for file in files}
    described: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": f"{facts.project}-release-{facts.number}",
        "description": f"{title}: human feedback for language models, collected with Preceptor.",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "license": clean_line(facts.licence) or "none given: ask whoever gave you this data before you use it",
        "datePublished": facts.created_at.date().isoformat(),
        "version": f"{facts.number}.0.0",
        "url": f"urn:preceptor:{facts.project}:{facts.number}",
        "citeAs": title,
        **({"inLanguage": list(facts.languages)} if facts.languages else {}),
        **_responsible(facts, tally),
        "distribution": [_file(file) for file in files],
        "recordSet": [record for form in formats for record in _records(form, paths, facts.splits)],
    }
    return msgspec.json.format(msgspec.json.encode(described), indent=1).decode() + "\n"


def _responsible(facts: CardFacts, tally: Tally) -> dict[str, Any]:
    """What the platform knows of how the data came to be, in the words of Croissant RAI."""
    known: dict[str, Any] = {
        "rai:dataCollection": clean_line(facts.method) or "Work of people on a platform for human feedback.",
        "rai:dataCollectionType": ["Manual Human Curation"],
        "rai:dataAnnotationPlatform": ["Preceptor"],
        "rai:dataAnnotationProtocol": (
            f"{tally.submissions} accepted submissions of {len(tally.trainers)} people, reviewed by sample. Versions "
            f"of the guidelines: {_numbers(tally.guidelines_versions)}; of the form: {_numbers(tally.form_versions)}."
        ),
        "rai:personalSensitiveInformation": [
            "People are named by pseudonyms that stand for the same person throughout this release."
        ],
        "rai:dataLimitations": LIMITS,
        "rai:dataReleaseMaintenancePlan": (
            "A release never changes. Where somebody withdraws their work, a new release replaces it and says so."
        ),
    }
    if tally.first is not None and tally.last is not None:
        known["rai:dataCollectionTimeframe"] = [tally.first.isoformat(), tally.last.isoformat()]
    if tally.models:
        known["rai:machineAnnotationTools"] = [clean_line(model) for model in sorted(tally.models)]
    if facts.scope:
        known["rai:dataManipulationProtocol"] = clean_line(facts.scope)
    return known


def _numbers(versions: set[int]) -> str:
    return ", ".join(map(str, sorted(versions))) or "none"


def _file(file: WrittenFile) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.bytes} B",
        "encodingFormat": MEDIA_TYPES.get(PurePosixPath(file.path).suffix, "application/octet-stream"),
        "sha256": file.sha256,
    }


def _records(form: Format[Any], paths: set[str], splits: Sequence[str]) -> Iterator[dict[str, Any]]:
    """One record set per Parquet file with fixed columns."""
    for prefix in [f"{split}/" for split in splits] or [""]:
        for table in form.tables:
            path = f"{prefix}{form.name}/{table.name}.parquet"
            if path not in paths:
                continue
            name = path.removesuffix(".parquet")
            yield {
                "@type": "cr:RecordSet",
                "@id": name,
                "name": name,
                "description": table.about,
                "field": [
                    {
                        "@type": "cr:Field",
                        "@id": f"{name}/{column}",
                        "name": f"{name}/{column}",
                        # Columns that hold lists or structs are told as text: JSON says it all.
                        "dataType": TYPES.get(hint, "sc:Text"),
                        "source": {"fileObject": {"@id": path}, "extract": {"column": column}},
                    }
                    for column, hint in get_type_hints(table.row).items()
                ],
            }
