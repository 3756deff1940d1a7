"""XLSX workbooks, read as a stream so that a hostile one costs seconds and little memory.

The archive's directory is judged before anything is unpacked, and the parts are read out piece
by piece. A library that builds whole sheets is no choice for such files: a few kilobytes can ask
it for gigabytes (one cell in the last corner; one long text that all cells share).
"""

import io
import zipfile
import zlib
from xml.parsers import expat

from returnsim.scenario import roster_sheet as limit
from returnsim.scenario.roster_sheet import Budget, Refused, Sheet, Workbook
from returnsim.scenario.roster_xml import Contents, Relations, SharedTexts, SheetCells

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    EOFError,
    LookupError,
    ValueError,
    OSError,
    RuntimeError,
    StopIteration,
)
"""What a broken archive or a broken part can raise."""
SIGNS_OF_MACROS = ("vbaproject", "macroenabled", "macrosheet", "vbadata")
SIGNS_OF_LINKS = ("externallink", "/connections.xml", "connections+xml", "/querytable")


def read_xlsx(data: bytes) -> Workbook:
    """Read every sheet of an XLSX.

    Raises
    ------
    Refused
        Damaged, encrypted, too large, or with macros or links to other files.
    """
    if data.count(b"PK\x01\x02") > limit.MOST_PARTS:
        raise Refused("too_many_parts", most=limit.MOST_PARTS)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _look_over(archive.infolist())
            return _workbook(archive)
    except DAMAGE:
        pass
    raise Refused("damaged")


def _look_over(parts: list[zipfile.ZipInfo]) -> None:
    """Judge the archive by its directory, before anything is unpacked."""
    for part in parts:
        name = "/" + part.filename.lower()
        if part.flag_bits & 1:
            raise Refused("encrypted")
        if any(sign in name for sign in SIGNS_OF_MACROS):
            raise Refused("macros")
        if any(sign in name for sign in SIGNS_OF_LINKS):
            raise Refused("links")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused("damaged")
        packed = max(part.compress_size, 1)
        if part.file_size > limit.SMALL_PART and part.file_size > packed * limit.HIGHEST_RATIO:
            raise Refused("bomb", times=limit.HIGHEST_RATIO)
    if sum(part.file_size for part in parts) > limit.LARGEST_UNPACKED:
        raise Refused("too_large_unpacked", megabytes=limit.LARGEST_UNPACKED // 1_000_000)


def _workbook(archive: zipfile.ZipFile) -> Workbook:
    names = {name.lower(): name for name in archive.namelist()}
    kinds = archive.read(names["[content_types].xml"]).lower()
    if any(sign.encode() in kinds for sign in SIGNS_OF_MACROS):
        raise Refused("macros")
    if any(sign.encode() in kinds for sign in SIGNS_OF_LINKS):
        raise Refused("links")
    if b"spreadsheetml" not in kinds:
        raise Refused("no_workbook")
    budget = Budget()
    roots = _relations(archive, "", "", names, budget)
    book = next(part for kind, part in roots.values() if kind == "officeDocument")
    folder, _, file = book.rpartition("/")
    relations = _relations(archive, folder, file, names, budget)
    if any(kind == "externalLink" for kind, _ in relations.values()):
        raise Refused("links")
    contents = Contents(budget).read(archive, book)
    if len(contents.sheets) > limit.MOST_SHEETS:
        raise Refused("too_many_sheets", most=limit.MOST_SHEETS)
    used = [relations[relation][1] for _, relation, _ in contents.sheets]
    if len(set(used)) < len(used):
        raise Refused("damaged")  # a part that stands for several sheets
    shared = [part for kind, part in relations.values() if kind == "sharedStrings"]
    texts = SharedTexts(budget).read(archive, shared[0]).texts if shared else []
    sheets = []
    for name, relation, hidden in contents.sheets:
        kind, part = relations[relation]
        if kind == "worksheet":
            cells = SheetCells(texts, budget).read(archive, part)
            sheets.append(Sheet(name, cells.finished(), tuple(cells.merged), hidden))
    return Workbook(tuple(sheets), contents.from_1904)


def _relations(
    archive: zipfile.ZipFile, folder: str, file: str, names: dict[str, str], budget: Budget
) -> dict[str, tuple[str, str]]:
    """Kind and full name of each part that a part refers to."""
    place = f"{folder}/_rels/{file}.rels".lstrip("/").lower()
    found = {}
    for key, (kind, target) in Relations(budget).read(archive, names[place]).found.items():
        path = target if target.startswith("/") else f"{folder}/{target}"
        found[key] = (kind, names.get(path.lstrip("/").lower(), path))
    return found
