"""Which column of a clerk's table holds what: the header, in one row or in several."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from returnsim.scenario.roster_cells import plain, tight
from returnsim.scenario.roster_sheet import Cell, Row, Sheet, Span

TITLE_ROWS = 20
"""Rows from the top within which the header must begin."""
LONGEST_LABEL = 60
MOST_ROWS = 3
"""Rows of a header."""
FEWEST_COLUMNS = 2
"""Known columns that make a row a header."""
LABELS: tuple[tuple[str, str], ...] = (
    (
        "ignored",
        r"^(家长|监护人|父亲?|母亲?|联系人|紧急联系|班主任)(?!.*(承诺|申请|审批|同意))|guardian|parent",
    ),
    ("ignored", r"隔离.*证明|出生|疫苗|接种|户籍(?!.*证明)|户口|籍贯|guardian|birth"),
    ("health_code", r"健康码|healthcode"),
    ("report_approved", r"(行程|轨迹|行动|活动|报告|movement|travel|report).*(审|批|approv)"),
    ("movement_report", r"(行程|轨迹|行动|活动|个人).*(报告|报备|说明书)|(movement|travel)report"),
    ("test", r"核酸|nucleic|pcr"),
    ("proof", r"(户籍|居住|重点|监管|所在).*证明|proof|supervis.*(proof|certificate)"),
    ("certificate", r"证明|证书|certificate"),
    ("declaration_card", r"健康.*(申报|登记)|(健康|申报|信息).*卡|(health|declaration)card|健康表"),
    (
        "declaration_form",
        r"承诺书|申请[表书]?$|返校申请|申报[表书]?|declarationform|applicationform",
    ),
    ("approved", r"审批|审核|批准|准予|同意|approv"),
    ("barred", r"禁止|不得|拒绝入|barred|banned"),
    ("supervised", r"重点(监管|监测|关注|管控|人员)|监管对象|supervis"),
    ("home_end", r"(居家|在家).*(结束|解除|期满|截止|止$)|homeobservation(end|until)"),
    (
        "home_observation_from",
        r"(居家|在家).*(隔离|观察|监测)|home(observation|isolation|quarantine)",
    ),
    ("isolation_period", r"(隔离|观察).*(起止|期间|时段|时间段)"),
    ("isolation_end", r"(隔离|观察).*(结束|解除|截止|期满|到期|止|至)|(解除|结束).*(隔离|观察)"),
    (
        "isolation_end",
        r"(isolation|observation|quarantine).*(end|until|to$|last)|endof(isolation|obs)",
    ),
    (
        "isolation_start",
        r"(隔离|观察).*(开始|起|自|日期|时间)|(isolation|observation).*(start|from)",
    ),
    ("isolated", r"隔离|医学观察|isolat|quarantine"),
    ("lifted_on", r"解除|解封|降级|降为低风险|lifted"),
    ("area", r"风险|疫区|疫情.*地区|重点.*地区|封控|riskarea|risk"),
    ("travel", r"行程|旅居|旅行|轨迹|外出|出行|离(开)?(县|市|省|本地)|travel|trip|journey"),
    (
        "symptoms_clear",
        r"(症状|发热|咳嗽|病).*(消失|好转|恢复|结束)|痊愈|康复|recover|symptomfree|symptoms?clear",
    ),
    ("symptoms_onset", r"(症状|发热|咳嗽|发病|起病).*(日期|时间|开始|出现)|发病|onset"),
    ("anomaly_on", r"异常.*(日期|时间)|anomaly"),
    ("temperature", r"体温|温度|temperature"),
    ("health", r"健康|身体|症状|异常|发热|咳嗽|health|symptom"),
    ("boarder", r"住校|寄宿|住宿|内宿|board"),
    ("day_pupil", r"走读|通校|通学|daypupil"),
    (
        "planned_return",
        r"(返校|到校|报到|返岗|返程|入校|返回).*(日期|时间|日$)|returndate|dateofreturn|returnon",
    ),
    ("scope", r"居住|住址|地址|所在地|来源地|address|residence|^home$|homearea|livesin"),
    ("identity", r"身份证|证件|^id$|id(number|card|no)|passport"),
    ("number", r"学号|学籍|工号|考号|studentn(o|umber)|studentid|staffn(o|umber)"),
    ("role", r"人员(类别|类型|性质)|身份|岗位|工种|^role$"),
    ("school_class", r"班(级|别|次)?$|行政班|所在班|^class(name)?$|^form$"),
    ("grade", r"年级|^grade$|^year(group)?$"),
    ("serial", r"^序号?$|^编号$|^no\.?$|^#$|^s/?n$|^number$"),
    ("name", r"姓名|名字|^name$|^(student|pupil|full)name$|^(学生|教师|职工)$"),
    ("remark", r"备注|说明|其他|remark|note|comment"),
    ("ignored", r"性别|民族|年龄|电话|手机|宿舍|寝室|床位|车牌|车次|座|签|sex|gender|phone|^age$"),
)
"""What a column holds, by words in its header; the first that fits counts."""
MEANINGS = tuple((field, re.compile(pattern)) for field, pattern in LABELS)
NEEDS_CONTEXT = {
    "name",
    "approved",
    "planned_return",
    "certificate",
    "remark",
    "lifted_on",
    "number",
}
"""Words that mean something else under some headings: 报告 / 是否批准."""
PEOPLE = {"name", "identity", "number", "school_class"}
"""A list of people has one of these."""
A_VALUE = re.compile(r".*[\d一二三四五六七八九十]\D?班|[一二三四五六七八九十\d]+年级|[\d.\-/]+")
PART = re.compile(
    r"(是否|有无)?(开始|结束|起始?|止|起止|解除|上交|提交|批准|审批|同意)?(日期|时间|情况|结果)?|"
    r"start|end|from|until|to|date|yes/no"
)
"""Headings that mean something only below that of their group."""
NOT_READ = {"ignored", "serial", ""}


@dataclass(frozen=True, slots=True, repr=False)
class Header:
    """Where the table begins and what its columns hold."""

    last_row: int
    """Number of the last row of the header."""
    fields: dict[int, str]
    """What each column that is read holds."""
    labels: dict[int, str]
    """What stands above each of them."""
    not_read: tuple[int, ...]
    """Columns with a heading that are not read."""
    repeated: tuple[int, ...]
    """Columns that hold what another one holds already; they are not read either."""
    titles: tuple[str, ...]
    """Lines above the table."""


def meaning(label: str) -> str:
    """Tell what a column holds from its heading; empty when nobody knows.

    Examples
    --------
    >>> meaning("是否住校"), meaning("14天内行程"), meaning("返校信息返校日期")
    ('boarder', 'travel', 'planned_return')
    """
    text = _tight(label)
    if len(text) > LONGEST_LABEL:
        return ""
    bare = re.sub(r"\(.*?\)", "", text) or text
    for candidate in dict.fromkeys((bare, text)):
        for field, pattern in MEANINGS:
            if pattern.search(candidate):
                return field
    return ""


def find_header(sheet: Sheet) -> Header | None:
    """Find the header of a sheet; none when it holds no list of people."""
    top = [row for row in sheet.rows if row[0] <= TITLE_ROWS]
    scores = [len(_known(cells)) for _, cells in top]
    if not scores or max(scores) < 1:
        return None
    best = scores.index(max(scores))
    first, last = best, best
    if best > 0 and _belongs_above(top[best - 1][1], top[best][1]):
        first -= 1
    while last - first < MOST_ROWS - 1 and last + 1 < len(top):
        if not _continues(top[last], top[last + 1], sheet.merged):
            break
        last += 1
    block = _filled(top[first : last + 1], sheet)
    fields, not_read, repeated = _columns(block)
    labels = {c: tight(next(row[c] for row in reversed(block) if row[c])) for c in fields}
    if len(fields) < FEWEST_COLUMNS or not PEOPLE & set(fields.values()):
        return None
    titles = tuple(plain(c) for _, cells in top[:first] for c in cells if isinstance(c, str))
    return Header(top[last][0], fields, labels, not_read, repeated, titles)


def _columns(
    block: Sequence[Sequence[str]],
) -> tuple[dict[int, str], tuple[int, ...], tuple[int, ...]]:
    fields: dict[int, str] = {}
    not_read, repeated = [], []
    for column in range(max(len(row) for row in block)):
        labels = [row[column] for row in block if column < len(row) and row[column]]
        labels = list(dict.fromkeys(labels))
        if not labels:
            continue
        field = _under(labels)
        if field in NOT_READ:
            not_read.append(column)
        elif field in fields.values() and field != "remark":
            repeated.append(column)
        else:
            fields[column] = field
    return fields, tuple(not_read), tuple(repeated)


def _under(labels: Sequence[str]) -> str:
    """Tell what a column holds from its heading and the headings above it."""
    own = meaning(labels[-1])
    if len(labels) == 1 or (own and own not in NEEDS_CONTEXT):
        return own
    return meaning("".join(labels)) or own


def _known(cells: Sequence[Cell]) -> set[str]:
    """What the headings of a row say, where they are headings."""
    texts = [c for c in cells if isinstance(c, str)]
    found = {meaning(text) for text in texts if not A_VALUE.fullmatch(_tight(text))}
    return found - {"", "ignored"}


def _belongs_above(above: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether a row holds headings of groups, and no title."""
    texts = [c for c in above if c is not None]
    if len(texts) < FEWEST_COLUMNS or any(not isinstance(c, str) for c in texts):
        return False
    own = [c for c, cell in enumerate(above) if cell is not None and meaning(plain(cell))]
    free = all(column >= len(below) or below[column] is None for column in own)
    return (bool(own) and free) or all(len(plain(c)) <= LONGEST_LABEL // 4 for c in texts)


def _continues(above: Row, row: Row, merged: Sequence[Span]) -> bool:
    """Whether a row goes on with the header: labels only, each below a group or below nothing.

    A row of the table that were taken for a header would be lost, so this asks for much.
    """
    labels = {column: cell for column, cell in enumerate(row[1]) if cell is not None}
    if not labels or row[0] != above[0] + 1:
        return False
    for column, cell in labels.items():
        if not isinstance(cell, str) or A_VALUE.fullmatch(_tight(cell)):
            return False
        if not (meaning(cell) or PART.fullmatch(_tight(cell))):
            return False
        heads = column < len(above[1]) and above[1][column] is not None
        if heads and not _is_group(above, column, labels, merged):
            return False
    return True


def _is_group(above: Row, column: int, labels: Mapping[int, Cell], merged: Sequence[Span]) -> bool:
    """Whether a heading stands over several columns."""
    if any(s.top == above[0] and s.left == column and s.right > column for s in merged):
        return True
    free = column + 1 >= len(above[1]) or above[1][column + 1] is None
    return not merged and free and column + 1 in labels


def _filled(rows: Sequence[Row], sheet: Sheet) -> list[list[str]]:
    """Spread merged headings over all the columns they stand above."""
    width = max(len(cells) for _, cells in rows)
    numbers = [number for number, _ in rows]
    block = [[plain(c) for c in cells] + [""] * (width - len(cells)) for _, cells in rows]
    for span in sheet.merged:
        if span.top in numbers:
            text = block[numbers.index(span.top)]
            for column in range(span.left + 1, min(span.right + 1, width)):
                text[column] = text[column] or text[span.left]
    if not sheet.merged:
        for above, below in pairwise(block):
            for column in range(1, width):
                if not above[column] and below[column]:
                    above[column] = above[column - 1]
    return block


def _tight(label: str) -> str:
    return re.sub(r"[\s_*:,、。?\"']+", "", plain(label).lower())
