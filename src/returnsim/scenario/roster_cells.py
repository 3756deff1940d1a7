"""What stands in one cell: yes or no, a date, a place, a state of health.

Nothing is guessed. A cell either says something (`value`), says nothing (blank), says something
that a person must judge (`unclear`; the pupil is held until then), or cannot be read.
"""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from returnsim.scenario.roster_dates import Dates
from returnsim.scenario.roster_person import Role, Scope
from returnsim.scenario.roster_sheet import Cell, Mark


class Read(NamedTuple):
    """What a cell says."""

    value: Any = None
    unclear: str = ""
    """Code of what a person must judge."""
    unreadable: str = ""
    """Code of why it cannot be read."""


NOTHING = Read()
BLANKS = {"", "-", "--", "—", "——", "―", "/", "\\", "n/a", "na", "不适用"}
DONE = (
    "交|提交|上交|收|审批?|审核|批准?|同意|通过|申报|填报?|签字?|签订|办理?|领取?|有|开具?|做|"
    "完成|住校?|查|核实?|解除|解封|返回"
)
YES = re.compile(
    rf"是的?|有|√|✓|✔|☑|对|○|y|yes|true|t|1|ok|齐全|合格|符合|提交|上交|交|已|(已经?)({DONE})(了|过)?|"
    r"(同意|批准|准予|审批通过|审核通过|通过)(返校|入校|返园|复课|复学)?|approved|submitted|done"
)
NO = re.compile(
    r"(否|未|不|没|无|待|尚未|暂).*|×|✗|✘|x|☐|错|n|no|false|f|0|.*(拒绝|驳回|退回|撤销|取消)|"
    r"(审核|审批|办理|处理)中|pending|rejected|not .*|none"
)
NOT_LISTED = re.compile(
    r"无|没有?|否|不是|未|×|✗|x|n|no|none|false|0|(无|未|没有?)(隔离|观察|异常|症状|监管)"
)
"""A plain no; anything longer, such as "not yet settled", is no such thing."""
BOARDS = re.compile(r"住校生?|寄宿生?|住宿生?|内宿生?|全托|board(er|s|ing)?")
GOES_HOME = re.compile(r"走读生?|通校生?|通学生?|外宿生?|非?不?(住校|寄宿|住宿)|日托|day( pupil)?")
NO_TRAVEL = re.compile(
    r"无|没有|否|未|×|0|no|none|(无|未|没有?)(外出|出行|行程|旅居史|旅行史|异常|离开.*)|"
    r"(一直|始终)?在(家|本地|本村|本县)(中|里|居住)?|本地|本村|本县|居家"
)
RISKY = re.compile(r"(?<!非)(中高?风险|高风险|疫区|封控|管控)")
AREA_CALM = re.compile(
    r"×|0|n|no|none|常态|正常|低风险(地?区|区域)?|(否|无|没有?|未|不是|不在|不属于|非)"
    r"(曾|有|去过?|到过?|来自|途经|经过|接触|中|高|及|和|、|/|风险|疫区|疫情|重点|地?区|域|人员|旅居|史|行程)*"
)
AREA_LIFTED = re.compile(r"已?(解除|解封|降为?低风险|降级).*|lifted.*")
AREA_RISK = re.compile(
    r"是|有|√|1|y|yes|中.*风险.*|高风险.*|封控.*|管控.*|封闭.*|疫区.*|risk.*|high.*"
)
WELL = re.compile(
    r"正常|健康|良好|好|体健|无|否|没有?|未见?|×|0|n|no|none|normal|well|healthy|good|"
    r"(健康|身体|体温)(状况)?(良好|正常|健康)|"
    r"(无|没有?|未有?|未见|未出现|不)(明显|任何|以上|上述|有)*"
    r"(发热|发烧|咳嗽|干咳|乏力|症状|异常|不适|感冒|情况|现象|史|[、,和或及与等/])+"
)
ILL = re.compile(
    r"是|有|√|1|y|yes|.*(发热|发烧|低烧|高烧|咳|乏力|腹泻|呕吐|不适|不舒服|感冒|异常|味觉|嗅觉|"
    r"呼吸|确诊|疑似|阳性|fever|cough|ill|sick|symptom).*"
)
LONGEST_ANSWER = 500
"""Characters beyond which a cell answers no question, and of which no more are looked at."""
LEAST_WARM, WARMEST = 34.0, 43.0
ROLES: tuple[tuple[Role, str], ...] = (
    ("visitor", "家长|访客|来访|外来|施工|visitor|parent"),
    ("student", "学生|幼儿|儿童|student|pupil|child"),
    ("canteen", "食堂|炊事|厨|canteen|kitchen|cook"),
    ("guard", "保安|门卫|安保|guard"),
    ("cleaner", "保洁|清洁|环卫|cleaner"),
    ("teacher", "教师|老师|教员|教职工?|班主任|校长|主任|保育|teacher|head|principal"),
    ("other", "职工|工勤|后勤|宿管|校医|医生|司机|行政|staff|office|nurse|driver|其他|other"),
)
SCOPES: tuple[tuple[Scope, str], ...] = (
    ("other", "省外|外省|境外|国外|港澳台|abroad|other province"),
    ("province", "市外|外市|省内市外|本省|省内|same province|other prefecture"),
    ("prefecture", "市内县外|本市|市内|same prefecture"),
    ("county", "县内|本县|区内|本区|same county"),
    ("village", "本村|村内|本乡|本镇|镇内|乡内|本社区|same village|village|local"),
)
PROVINCES = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|"
    "海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|西藏|宁夏|新疆|香港|澳门"
)
PROVINCE_TAILS = (
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "自治区",
    "省",
    "市",
    "",
)
HOME_SCOPES: tuple[Scope, ...] = ("province", "prefecture", "county", "village")


FULL_WIDTH: dict[int, int | None] = {0xFF01 + n: 0x21 + n for n in range(94)}
FULL_WIDTH |= {0x3000: 0x20, 0xA0: 0x20, 0xFE0F: None, 0x200B: None, 0xFEFF: None}
FOLDED = re.compile("[①-⓿⺀-⿟㈀-㋿㎀-㏿豈-龎℃]")
"""Signs that stand for others; the rest of Unicode's unfolds without end, so is left alone."""


def plain(cell: Cell) -> str:
    """Write a cell as plain text: no full-width signs, no spaces at its ends."""
    if isinstance(cell, str):
        cell = cell[:LONGEST_ANSWER]
        if cell.isascii():
            return cell.strip()
        text = cell.translate(FULL_WIDTH)
        if FOLDED.search(text):
            text = unicodedata.normalize("NFKC", text)
        return text.strip()
    if cell is None or isinstance(cell, Mark):
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    return cell.isoformat()


def tight(cell: Cell) -> str:
    """Write a cell without spaces (one between words of Latin letters), in small letters."""
    text = plain(cell).lower()
    return (" " if text.isascii() else "").join(text.split())


class CellReader:
    """Reads the cells of one workbook."""

    def __init__(self, dates: Dates, home: Sequence[str] = ()) -> None:
        self.dates = dates
        self.home = [plain(place) for place in home]

    def flag(self, cell: Cell) -> Read:
        """Yes or no."""
        text = tight(cell)
        if text in BLANKS:
            return NOTHING
        if YES.fullmatch(text):
            return Read(True)
        return Read(False) if NO.fullmatch(text) else Read(unreadable="no_yes_or_no")

    def listed(self, cell: Cell) -> Read:
        """Whether somebody is on a list; all but a plain no keeps them on it."""
        text = tight(cell)
        if text in BLANKS:
            return NOTHING
        if NOT_LISTED.fullmatch(text):
            return Read(False)
        return Read(True, "" if YES.fullmatch(text) else "to_judge")

    def boards(self, cell: Cell) -> Read:
        """Whether somebody lives in."""
        text = tight(cell)
        if BOARDS.fullmatch(text):
            return Read(True)
        return Read(False) if GOES_HOME.fullmatch(text) else self.flag(cell)

    def day_pupil(self, cell: Cell) -> Read:
        """Whether somebody lives in, from a column that asks whether they do not."""
        text = tight(cell)
        if BOARDS.fullmatch(text) or GOES_HOME.fullmatch(text):
            return self.boards(cell)
        found = self.flag(cell)
        return found if found.value is None else Read(not found.value)

    def date(self, cell: Cell) -> Read:
        """Day; a yes, or a "not yet", where a day is asked for is for a person to judge."""
        if isinstance(cell, date):
            found = self.dates.text(cell.isoformat())
        elif isinstance(cell, float) and cell not in (0.0, 1.0):
            found = self.dates.number(cell)
        else:
            text = tight(cell)
            if text in BLANKS or NOT_LISTED.fullmatch(text):
                return NOTHING
            if YES.fullmatch(text) or NO.fullmatch(text):
                return Read("yes" if YES.fullmatch(text) else "not yet", "date_wanted")
            found = self.dates.text(plain(cell))
        return Read(found.day, unreadable=found.unreadable)

    def period(self, cell: Cell) -> Read:
        """First and last day."""
        said = self.date(cell)
        if not said.unreadable or not isinstance(cell, str):
            return said if said.value is None else said._replace(value=(said.value, None))
        first, last = self.dates.both(plain(cell))
        return Read((first.day, last.day), unreadable=first.unreadable or last.unreadable)

    def dated_flag(self, cell: Cell) -> Read:
        """Whether a paper is there, and since when: yes, no, a day, or yes and a day."""
        if isinstance(cell, date) or (isinstance(cell, float) and cell not in (0.0, 1.0)):
            found = self.date(cell)
            return found if found.unreadable else Read((True, found.value))
        rest, day = self.dates.cut_out(plain(cell))
        if day.unreadable:
            return Read(unreadable=day.unreadable)
        said = self.flag(rest)
        if said.unreadable:
            return said
        if day.day is not None:
            return Read((said.value is not False, day.day))
        return NOTHING if said.value is None else Read((said.value, None))

    def area(self, cell: Cell) -> Read:
        """Whether the place somebody stays in, or comes from, is a risk area."""
        text = tight(cell)
        if text in BLANKS:
            return NOTHING
        for value, pattern in (("lifted", AREA_LIFTED), ("none", AREA_CALM), ("risk", AREA_RISK)):
            if pattern.fullmatch(text):
                return Read(value)
        return Read("risk" if RISKY.search(text) else None, "area_to_judge")

    def travel(self, cell: Cell) -> Read:
        """What somebody's journeys say about risk areas."""
        text = tight(cell)
        if text in BLANKS:
            return NOTHING
        if NO_TRAVEL.fullmatch(text):
            return Read("none")
        return Read("risk" if RISKY.search(text) else "unknown", "travel_to_judge")

    def scope(self, cell: Cell) -> Read:
        """How far from the school somebody stays."""
        text = tight(cell)
        if text in BLANKS:
            return NOTHING
        for scope, pattern in SCOPES:
            if re.fullmatch(rf"({pattern}).{{0,3}}", text):
                return Read(scope)
        found = self._address(text)
        return Read(found) if found else Read(None, "place_to_judge")

    def _address(self, text: str) -> Scope | None:
        """Follow an address down from the province as long as it is the school's own."""
        if not any(self.home):
            return None
        depth, rest = -1, text
        for level, place in enumerate(self.home):
            stem = re.sub(r"(省|市|县|区|镇|乡|街道)$", "", place.lower())
            for name in (place.lower(), *(stem + t for t in PROVINCE_TAILS if not level), stem):
                if len(name) > 1 and rest.startswith(name):
                    depth, rest = level, rest[len(name) :]
                    break
        if depth >= 0:
            return HOME_SCOPES[depth]
        return "other" if self.home[0] and PROVINCES.match(rest) else None

    def health(self, cell: Cell) -> Read:
        """Whether somebody has symptoms; what is neither plainly well nor ill is to judge."""
        text = tight(cell)
        if text in BLANKS:
            return NOTHING
        if WELL.fullmatch(text):
            return Read(False)
        return Read(True, "" if ILL.fullmatch(text) else "health_to_judge")

    def temperature(self, cell: Cell) -> Read:
        """Degrees Celsius."""
        text = tight(cell)
        if text in BLANKS or text in ("正常", "normal"):
            return NOTHING
        match = re.fullmatch(r"(\d{2}(?:\.\d+)?)\s*(?:°c|度|c)?", text)
        if match is None or not LEAST_WARM <= float(match[1]) <= WARMEST:
            return Read(unreadable="no_temperature")
        return Read(float(match[1]))

    def code(self, cell: Cell) -> Read:
        """Colour of a health code: whether it keeps somebody at home."""
        text = tight(cell)
        if text in BLANKS or re.fullmatch(r"绿.*|green|正常|无异常", text):
            return NOTHING
        held = re.fullmatch(r"[红黄].*|red|yellow|amber", text) is not None
        return Read(True, "" if held else "code_to_judge")

    def test(self, cell: Cell) -> Read:
        """Whether a test found something."""
        text = tight(cell)
        if text in BLANKS or re.search(r"阴性?|negative", text) or NO.fullmatch(text):
            return NOTHING
        if re.search(r"阳性?|positive", text):
            return Read(True)
        return Read(None, "test_to_judge")

    def role(self, cell: Cell) -> Read:
        """What somebody does at the school."""
        text = tight(cell)
        if text in BLANKS:
            return NOTHING
        for role, pattern in ROLES:
            if re.search(pattern, text):
                return Read(role)
        return Read(unreadable="no_role")
