"""Interface texts, Chinese first: the check before handing in, and the re-check."""

WORDS: dict[str, tuple[str, str]] = {
    "page.check": ("上交前自查", "Check before handing in"),
    "check.what": (
        "把本人案卡的导出文件放进来，稍候取回同一份工作簿：有问题的单元格已标色、加注（规则、依据、正确填法），末页“自查结果”列出全部问题。",
        (
            "Drop an export of your own cards and get the same workbook back: wrong cells are marked with a note (rule, basis, how to "
            "fill), and its last sheet lists them all."
        ),
    ),
    "check.nothing_kept": (
        "文件不留存：核查在临时目录中进行，完成即删除；不计入任何统计，不登记为问题，他人看不到。改正请在案件系统中进行。",
        (
            "Nothing is stored: files are checked in a temporary folder that is deleted at once; nothing is counted, registered or shown to "
            "others. Correct the cards in the case system."
        ),
    ),
    "check.drop": ("导出文件（可多个，相关案卡一并放入可作对照）", "Exports (several may be compared with each other)"),
    "check.as_of": ("核查日", "Audit date"),
    "check.card": ("案卡", "Card"),
    "check.by_itself": ("自动识别", "recognise it"),
    "check.go": ("开始自查", "Check"),
    "check.running": ("正在自查… {seconds} 秒", "Checking… {seconds} s"),
    "check.finished": ("自查完成，用时 {seconds} 秒", "Checked in {seconds} s"),
    "check.too_long": ("{minutes} 分钟内未能完成，已停止", "Not finished within {minutes} minutes, stopped"),
    "check.too_long_how": ("只导出本人的案卡，或分成几个文件。", "Export your own cards only, or split the file."),
    "check.counts": (
        "核查 {rows} 行：严重 **{serious}**，一般 **{normal}**，提示 **{hints}**（提示请核实，不一定是错误）",
        "{rows} rows checked: **{serious}** serious, **{normal}** normal, **{hints}** hints (to verify, not necessarily errors)",
    ),
    "check.fetch": ("取回标注后的工作簿", "Fetch the marked workbook"),
    "check.fetch_note": ("仅本人可取，{minutes} 分钟内有效。", "For you only, for {minutes} minutes."),
    "check.fetch_over": ("工作簿已删除，需要时请重新自查。", "The workbook is gone; check again if you need it."),
    "check.none": ("没有发现问题。", "Nothing was found."),
    "check.row": ("位置", "Place"),
    "check.more": (
        "只显示前 {shown} 个，全部 {count} 个见工作簿“自查结果”页。",
        "The first {shown} of {count}; all are in the workbook.",
    ),
    "check.not_judged": ("未判断的规则 {count} 条", "{count} rules not judged"),
    "check.not_judged_note": (
        "缺少列或没有放入其他案卡的规则没有判断，不等于没有问题。",
        "Rules that lack a column or another card were not judged; that does not mean there is nothing wrong.",
    ),
    "recheck.title_case": ("立即重新核查本案", "Check this case again now"),
    "recheck.title_file": ("立即重新核查", "Check again now"),
    "recheck.note": (
        "用上次核查的全部导出重新核查（核查日 {day}），放入的新导出替换其中同一案件、同一人的行；完成后发布新的结果。新导出用到下一次夜间核查为止。",
        (
            "Audits all exports of the last run again (as of {day}); rows of the file dropped here replace those of the same case and person. A "
            "new run is published. The file is used until the next nightly run."
        ),
    ),
    "recheck.drop_case": ("含本案的新导出（可不选）", "A fresh export with this case (optional)"),
    "recheck.drop_file": ("新导出（可不选）", "A fresh export (optional)"),
    "recheck.go": ("用新导出重新核查", "Check again with this file"),
    "recheck.go_inbox": ("重新读取导出文件夹", "Read the exports again"),
    "recheck.running": (
        "正在重新核查… {seconds} 秒，可离开本页",
        "Checking again… {seconds} s; you may leave this page",
    ),
    "recheck.refused": ("新导出未能载入：{reason}", "The file could not be loaded: {reason}"),
    "recheck.case_not_in_file": (
        "新导出中没有本案 {case}，结果未变。",
        "The file does not hold case {case}; nothing changed for it.",
    ),
    "recheck.unchanged": ("内容与上次核查相同，结果未变。", "Same content as in the last run: nothing changed."),
    "recheck.about_case": ("案件 {case}：", "Case {case}:"),
    "recheck.about_file": ("{file}（{cases} 件案件）：", "{file} ({cases} cases):"),
    "recheck.counts": (
        "已改正 {corrected}，仍待处理 {open}，新发现 {new}，重新出现 {reopened}",
        "{corrected} corrected, {open} still open, {new} new, {reopened} reopened",
    ),
}
