"""Makes `merged.xlsx`; `clerk_roster.xlsx` and `clerk_old.xls` are copies of the reference."""

from pathlib import Path

import xlsxwriter

with xlsxwriter.Workbook(Path(__file__).parent / "merged.xlsx") as book:
    sheet = book.add_worksheet("八年级")
    sheet.write_row(0, 0, ["年级", "班级", "姓名", "审批"])
    sheet.merge_range(1, 0, 4, 0, "八年级")
    sheet.merge_range(1, 1, 2, 1, "1班")
    sheet.merge_range(1, 3, 2, 3, "是")
    for row, name in enumerate(["甲乙", "丙丁", "戊己", "", "庚辛"], 1):
        sheet.write(row, 2, name or None)
    sheet.write(3, 1, "2班")
    sheet.write(3, 3, "否")
    sheet.write(5, 3, "是")
