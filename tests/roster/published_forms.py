"""Forms in which lists of labs, certificates, counties and pairings are published, a row each.

A form is what people publish: its title, header, layout, the ways in which it writes days, numbers and blanks. Its labs,
certificates and people are made up; only places are real. `source` says where the form is from, and whether it stands
there as it is here («header as published») or was rebuilt from what the page says of its list.

A sheet is a text with a line a row and `|` between cells. `@2021-06-15` is a cell that is a day, `#45199` one that is a
number; `<` is merged with the cell to its left, `^` with the one above.
"""

from __future__ import annotations

from attrs import frozen

LEDGER = "市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | CATL证书编号 | CATL发证日期 | CATL有效期至\n"
"""The header of the sheets that make what the books know `before`."""


@frozen
class Form:
    """A published form, what is recorded of it, and what its import tells.

    Attributes:
        name: what is special about it.
        province: the code of the province whose books it is imported into.
        source: where it was published, and what of it is rebuilt.
        sheet: its rows.
        facts: what is recorded, a line for each lab, county or pairing.
        findings: row, code and column of each finding.
        aside: what is told beside them: columns and rows that are not read, and remarks.
        refused: the code and the named columns, where the sheet is refused as a whole.
        before: rows that the books know already, under the header LEDGER.
        file: its format.
        options: of the import.
    """

    name: str
    province: str
    source: str
    sheet: str
    facts: str = ""
    findings: str = ""
    aside: str = ""
    refused: str = ""
    before: str = ""
    file: str = "xlsx"
    options: str = ""


LISTS_OF_ENDS = (
    Form(
        name="a list of ends has numbers and names alone",
        province="140000",
        source="国家市场监督管理总局，注销23家检验检测机构资质认定证书的名单；1ivcmoga68.cn/yun-dong-kong-zhi/702826.html 转载；"
        "header as published (序号、机构名称、资质认定证书编号)",
        before="晋城市 | 阳城县 | 阳城县质检站 | 150404090310 | 2015-06-15 | 2027-06-14",
        sheet="""
            注销资质认定证书的检验检测机构名单
            序号 | 机构名称 | 资质认定证书编号
            1 | 阳城县质检站 | 150404090310
            2 | 太原市铁路工程检测中心/山西某某检测有限公司 | 150404090320
        """,
        facts="阳城县质检站 (140522): CMA cancelled 2023-03-31",
        findings="4 missing-cell@市",
        options="on=2023-03-31 accept_valid",
    ),
    Form(
        name="a list of ends, dated by the caller",
        province="140000",
        source="as the form before, with the columns 市 and 县 that provincial lists have; imported with --on",
        before="晋城市 | 阳城县 | 阳城县质检站 | 150404090310 | 2015-06-15 | 2027-06-14",
        sheet="""
            注销资质认定证书的检验检测机构名单
            序号 | 市 | 县 | 机构名称 | 资质认定证书编号
            1 | 晋城市 | 阳城县 | 阳城县质检站 | 150404090310
            2 | 晋城市 | 陵川县 | 陵川县质检站 | 150404090320
        """,
        facts="阳城县质检站 (140522): CMA cancelled 2023-03-31",
        findings="""
            4 missing-cell@CMA发证日期
            4 missing-cell@CMA有效期至
        """,
        options="on=2023-03-31 accept_valid",
    ),
    Form(
        name="a list of ends with the reason of each",
        province="620000",
        source="甘肃省质量技术监督局，2016年注销30家检验检测机构资质认定证书的公告（有效期届满且未提出复评审申请）；"
        "www.uonetest.com/event/16565.html；rebuilt: the page tells of the list and its reasons, not its columns",
        before="""
            武威市 | 古浪县 | 古浪县质检站 | 130004090301 | 2013-09-10 | 2027-09-09
            定西市 | 岷县 | 岷县检测中心 | 130004090302 | 2013-09-10 | 2027-09-09
        """,
        sheet="""
            注销检验检测机构资质认定证书名单
            序号 | 市州 | 县区 | 机构名称 | 资质认定证书编号 | 资质认定有效期至 | 注销日期 | 注销原因
            1 | 武威市 | 古浪县 | 古浪县质检站 | 130004090301 | 2027.09.09 | 2016.11.18 | 有效期届满未申请延续
            2 | 定西市 | 岷县 | 岷县检测中心 | 130004090302 | 2027.09.09 | 2016.11.18 | 自行申请注销
        """,
        facts="""
            古浪县质检站 (620622): CMA cancelled 2016-11-18
            岷县检测中心 (621126): CMA cancelled 2016-11-18
        """,
    ),
    Form(
        name="an announcement decides on each certificate",
        province="330000",
        source="浙江省质量技术监督局，17家检验机构计量认证证书被注销、6家自行申请注销；magnumcos.com/cms/show-630.html；"
        "rebuilt: the page tells of the two kinds of ends, not of its columns",
        sheet="""
            附件：计量认证证书处理情况表
            序号 | 地市 | 县（市、区） | 机构名称 | 计量认证证书编号 | 计量认证发证日期 | 计量认证有效期至 | 处理决定 | 处理日期
            1 | 杭州市 | 桐庐县 | 桐庐县农产品检测中心 | 211104090101 | 2021-03-01 | 2027-02-28 | 注销 | 2023-05-10
            2 | 宁波市 | 象山县 | 象山县农产品检测中心 | 211104090102 | 2021-03-01 | 2027-02-28 | 撤销 | 2023-05-10
            3 | 宁波市 | 宁海县 | 宁海县农产品检测中心 | 211104090103 | 2021-03-01 | 2027-02-28 | 维持有效 |
        """,
        facts="""
            桐庐县农产品检测中心 (330122): new; CMA 211104090101 2021-03-01/2027-02-28; CMA cancelled 2023-05-10
            象山县农产品检测中心 (330225): new; CMA 211104090102 2021-03-01/2027-02-28; CMA revoked 2023-05-10
        """,
        findings="5 life-unclear@处理决定",
        options="accept_valid",
    ),
    Form(
        name="cancelled certificates of the agriculture ministry",
        province="450000",
        source="农业部公告第2529号附件2，农产品质量安全检测机构考核合格证书注销名单；nzgx.org/html/ZhengCeFaGui/GongGaoQiShi/"
        "20170607/500687.html；rebuilt: the page names the annex and the article, not its columns",
        sheet="""
            农产品质量安全检测机构考核合格证书注销名单（第一批）
            序号 | 设区市 | 县区 | 机构名称 | 考核合格证书编号 | 考核发证日期 | 考核有效期至 | 证书状态 | 注销日期
            1 | 南宁市 | 武鸣区 | 武鸣区甘蔗品质检测站 | 〔2021〕农质检核（桂）字第0101号 | 2021年6月1日 | 2027年5月31日 | 注销 | 2023年5月10日
            2 | 南宁市 | 宾阳县 | 宾阳县检测站 | 〔2021〕农质检核（桂）字第0102号 | 2021年6月1日 | 2027年5月31日 | 注销 |
        """,
        findings="4 needs-date@证书状态",
    ),
    Form(
        name="a state and no day",
        province="140000",
        source="山西省；the form of regulators' exports with a state column (状态) and no day of it; rebuilt",
        sheet="""
            市 | 县（市、区） | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 状态
            晋城市 | 沁水县 | 沁水县站 | 210404090038 | 2021-06-15 | 2027-06-14 | 注销
            晋城市 | 陵川县 | 陵川县站 | 210404090039 | 2021-06-15 | 2027-06-14 | 有效
        """,
        findings="2 needs-date@状态",
    ),
    Form(
        name="a state and no day, dated by the caller",
        province="140000",
        source="as the form before, imported with --on",
        sheet="""
            市 | 县（市、区） | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 状态
            晋城市 | 沁水县 | 沁水县站 | 210404090038 | 2021-06-15 | 2027-06-14 | 注销
        """,
        facts="沁水县站 (140521): new; CMA 210404090038 2021-06-15/2027-06-14; CMA cancelled 2023-03-31",
        options="on=2023-03-31",
    ),
    Form(
        name="a register with the state of every certificate",
        province="320000",
        source="江苏省市场监督管理局，检验检测机构资质认定获证机构信息（资质认定部门须公布并「注明资质认定证书状态」，kl.net.cn/g86677127.html）；"
        "rebuilt from that duty",
        sheet="""
            所在市 | 所在县（区） | 检验检测机构名称 | 资质认定证书编号 | 资质认定发证日期 | 资质认定有效期至 | 资质认定证书状态 | 状态变更日期
            盐城市 | 东台市 | 东台市农产品检测中心 | 181004090131 | 2018/7/2 | 2030/7/1 | 有效 | —
            盐城市 | 射阳县 | 射阳县农产品检测中心 | 181004090132 | 2018/7/2 | 2030/7/1 | 已撤销 | 2023/2/6
            盐城市 | 阜宁县 | 阜宁县农产品检测中心 | 181004090133 | 2018/7/2 | 2030/7/1 | 暂停 | 2023/2/6
            盐城市 | 滨海县 | 滨海县农产品检测中心 | 171004090134 | 2017/7/2 | 2023/7/1 | 已过期 | /
        """,
        facts="""
            东台市农产品检测中心 (320981): new; CMA 181004090131 2018-07-02/2030-07-01
            射阳县农产品检测中心 (320924): new; CMA 181004090132 2018-07-02/2030-07-01; CMA revoked 2023-02-06
            阜宁县农产品检测中心 (320923): new; CMA 181004090133 2018-07-02/2030-07-01; CMA suspended 2023-02-06
            滨海县农产品检测中心 (320922): new; CMA 171004090134 2017-07-02/2023-07-01
        """,
        aside="""
            remark 2 unusual-validity@资质认定有效期至
            remark 3 unusual-validity@资质认定有效期至
            remark 4 unusual-validity@资质认定有效期至
        """,
    ),
    Form(
        name="expired, says the sheet, of a certificate that still runs",
        province="320000",
        source="as the form before: a state that the row's own days contradict",
        sheet="""
            市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 证书状态
            盐城市 | 东台市 | 东台市农产品检测中心 | 241004090131 | 2024-07-02 | 2030-07-01 | 过期
        """,
        findings="2 claim-contradicted@证书状态",
    ),
    Form(
        name="suspensions with their day",
        province="440000",
        source="广东省市场监督管理局，暂停检验检测机构资质认定的公告；rebuilt from the form of such announcements",
        sheet="""
            序号 | 地市 | 县区 | 机构名称 | 资质认定证书编号 | 资质认定发证日期 | 资质认定有效期至 | 资质认定暂停日期 | 备注
            1 | 清远市 | 英德市 | 英德市农产品质检站 | 201904090211 | 2020-05-18 | 2026-05-17 | 2023.4.3 | 责令整改
            2 | 清远市 | 连州市 | 连州市农产品质检站 | 201904090212 | 2020-05-18 | 2026-05-17 | — |
        """,
        facts="""
            英德市农产品质检站 (441881): new; CMA 201904090211 2020-05-18/2026-05-17; CMA suspended 2023-04-03
            连州市农产品质检站 (441882): new; CMA 201904090212 2020-05-18/2026-05-17
        """,
        aside="unread 备注",
    ),
    Form(
        name="the remarks say that a certificate has ended",
        province="140000",
        source="山西省；city ledgers keep the end of a certificate in 备注; rebuilt",
        sheet="""
            市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 备注
            晋城市 | 沁水县 | 沁水县站 | 210404090038 | 2021-06-15 | 2027-06-14 | 已注销
            晋城市 | 陵川县 | 陵川县站 | 210404090039 | 2021-06-15 | 2027-06-14 | 联系人已调整
        """,
        findings="2 needs-date@备注",
        aside="unread 备注",
    ),
    Form(
        name="the remarks say when a certificate ended",
        province="140000",
        source="as the form before, with the day in the remark",
        sheet="""
            市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 备注
            晋城市 | 沁水县 | 沁水县站 | 210404090038 | 2021-06-15 | 2027-06-14 | 2023年5月6日注销
        """,
        facts="沁水县站 (140521): new; CMA 210404090038 2021-06-15/2027-06-14; CMA cancelled 2023-05-06",
    ),
    Form(
        name="a suspension with its term",
        province="520000",
        source="贵州省市场监督管理局，暂停资质认定证书的公告（暂停期限起止）；rebuilt from the form of such announcements",
        sheet="""
            序号 | 市州 | 县（市、区） | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 处理决定 | 暂停期限
            1 | 遵义市 | 湄潭县 | 湄潭县茶叶检测站 | 212404090301 | 2021-06-15 | 2027-06-14 | 暂停 | 2023.2.6-2023.8.5
        """,
        facts="湄潭县茶叶检测站 (520328): new; CMA 212404090301 2021-06-15/2027-06-14; CMA suspended 2023-02-06",
        aside="remark 2 suspended-until@处理决定",
    ),
    Form(
        name="a lab that is no more",
        province="220000",
        source="吉林省，农产品质检机构名录（机构状态栏：正常、已撤并）；rebuilt from the form of such directories",
        before="长春市 | 农安县 | 农安县检测站 | 210704090311 | 2021-06-15 | 2027-06-14",
        sheet="""
            市州 | 县（市、区） | 机构名称 | 机构状态 | 变更日期
            长春市 | 农安县 | 农安县检测站 | 已撤并 | 2023-03-01
        """,
        facts="农安县检测站 (220122): closed 2023-03-01",
    ),
    Form(
        name="sections of valid and of ended certificates",
        province="370000",
        source="山东省市场监督管理局，获证机构与注销机构名单（一、有效机构；二、注销机构）；rebuilt from the form of such lists",
        sheet="""
            序号 | 市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            一、有效机构 | < | < | < | < | < | <
            1 | 潍坊市 | 寿光市 | 寿光市检测中心 | 211504090061 | 2021-06-15 | 2027-06-14
            二、已注销机构 | < | < | < | < | < | <
            2 | 潍坊市 | 青州市 | 青州市检测中心 | 211504090062 | 2021-06-15 | 2027-06-14
        """,
        facts="寿光市检测中心 (370783): new; CMA 211504090061 2021-06-15/2027-06-14",
        findings="5 needs-date@机构名称",
        aside="""
            skipped 2 section
            skipped 4 section
        """,
        options="accept_valid",
    ),
    Form(
        name="one list of two kinds of ends",
        province="420000",
        source="湖北省市场监督管理局，关于撤销、注销检验检测机构资质认定证书的公告（一份名单，不分栏）；rebuilt",
        sheet="""
            撤销、注销检验检测机构资质认定证书名单
            序号 | 市州 | 县（市、区） | 机构名称 | 资质认定证书编号 | 资质认定发证日期 | 资质认定有效期至
            1 | 宜昌市 | 枝江市 | 枝江市检测站 | 211704090401 | 2021-06-15 | 2027-06-14
        """,
        findings="3 life-misplaced@机构名称",
    ),
    Form(
        name="the name and the number say that it has ended",
        province="430000",
        source="湖南省，各市州上报台账（名称后注「已注销」）；rebuilt",
        sheet="""
            市州 | 县市区 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            常德市 | 石门县 | 石门县质检站（已注销） | 211804090411 | 2021-06-15 | 2027-06-14
            常德市 | 桃源县 | 桃源县质检站 | 211804090412（已撤销） | 2021-06-15 | 2027-06-14
            常德市 | 临澧县 | 临澧县失效分析与质检站 | 211804090413 | 2021-06-15 | 2027-06-14
            注：石门县质检站证书已于2023年5月注销。
        """,
        facts="临澧县失效分析与质检站 (430724): new; CMA 211804090413 2021-06-15/2027-06-14",
        findings="""
            2 life-unclear@机构名称
            3 life-unclear@CMA证书编号
        """,
        aside="""
            skipped 5 footer
            remark 5 life-in-footer@机构名称
        """,
        options="accept_valid",
    ),
    Form(
        name="results of inspections end nothing",
        province="440000",
        source="中山市市场监督管理局，2022年度省级资质认定检验检测机构「双随机、一公开」监督检查结果（10家责令改正）；"
        "zs.gov.cn/zjj/zdlyxx/jdcctb/content/post_2189212.html；rebuilt: the page tells of the annex, not of its columns",
        sheet="""
            序号 | 机构名称 | 所在市 | 资质认定证书编号 | 资质认定发证日期 | 资质认定有效期至 | 检查发现问题 | 后处理措施
            1 | 中山市农产品检测所 | 中山市 | 201904090301 | 2020-05-18 | 2026-05-17 | 一般问题2项 | 责令改正
            2 | 中山市渔业检测站 | 中山市 | 201904090302 | 2020-05-18 | 2026-05-17 | 无 | 无
        """,
        facts="""
            中山市农产品检测所 (442000): new; CMA 201904090301 2020-05-18/2026-05-17
            中山市渔业检测站 (442000): new; CMA 201904090302 2020-05-18/2026-05-17
        """,
        aside="unread 检查发现问题, 后处理措施",
    ),
    Form(
        name="authorisations that were withdrawn",
        province="210000",
        source="辽宁省质量技术监督局，关于撤销部分省产品质量监督检验授权机构的公告（17家）；yueqi.sh.cn/mobile/zixun/show-6432.html；"
        "rebuilt: the page tells of the reasons, not of the columns",
        before="大连市 | 庄河市 | 庄河市质检站 | 210604090017 | 2021-01-05 | 2027-01-04",
        sheet="""
            序号 | 市 | 县（市、区） | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 处理结果 | 处理时间
            1 | 大连市 | 庄河市 | 庄河市质检站 | 210604090017 | 2021-01-05 | 2027-01-04 | 吊销 | 2023年9月22日
        """,
        facts="庄河市质检站 (210283): CMA revoked 2023-09-22",
    ),
    Form(
        name="both certificates have a state of their own",
        province="370000",
        source="山东省，农产品质检机构资质情况统计表；rebuilt from the form of such tables",
        sheet="""
            市 | 县（市、区） | 机构名称 | CMA | < | < | < | CATL | < | < | <
            ^ | ^ | ^ | 证书编号 | 发证日期 | 有效期至 | 状态 | 证书编号 | 发证日期 | 有效期至 | 状态
            潍坊市 | 寿光市 | 寿光市检测中心 | 211504090061 | @2021-06-15 | @2027-06-14 | 有效 | [2021]农质检核（鲁）字第0061号 | @2021-07-15 | @2027-07-14 | 有效
            潍坊市 | 青州市 | 青州市检测中心 | 211504090062 | @2021-06-15 | @2027-06-14 | 有效 | [2021]农质检核（鲁）字第0062号 | @2021-07-15 | @2027-07-14 | 注销
        """,
        findings="4 needs-date@CATL 状态",
        facts="寿光市检测中心 (370783): new; CMA 211504090061 2021-06-15/2027-06-14; CATL [2021]农质检核（鲁）字第0061号 2021-07-15/2027-07-14",
        options="accept_valid",
    ),
)

CHANGES = (
    Form(
        name="names before and after",
        province="430000",
        source="农业农村部公告第9号附件2，信息变更情况（第二批），「证书及有效期不变」；nongji1688.com/news/show-5520880.html；"
        "rebuilt: the page names the annex and what stays, not its columns",
        before="长沙市 | 宁乡市 | 宁乡县农产品质检站 | 171804090051 | 2021-03-02 | 2027-03-01",
        sheet="""
            2018年农产品质量安全检测机构信息变更情况（第二批）
            序号 | 市州 | 县市区 | 变更前名称 | 变更后名称 | 变更日期
            1 | 长沙市 | 宁乡市 | 宁乡县农产品质检站 | 宁乡市市场和质量监督检验检测中心 | 2023-04-11
        """,
        facts="宁乡市市场和质量监督检验检测中心 (430182): called 宁乡市市场和质量监督检验检测中心 2023-04-11",
    ),
    Form(
        name="names before and after, and no day",
        province="430000",
        source="as the form before, without 变更日期",
        before="长沙市 | 宁乡市 | 宁乡县农产品质检站 | 171804090051 | 2021-03-02 | 2027-03-01",
        sheet="""
            序号 | 市州 | 县市区 | 原机构名称 | 变更后机构名称
            1 | 长沙市 | 宁乡市 | 宁乡县农产品质检站 | 宁乡市市场和质量监督检验检测中心
        """,
        findings="2 needs-date@变更后机构名称",
    ),
    Form(
        name="a table of confirmed changes of names",
        province="110000",
        source="国家认监委，强制性产品认证指定实验室名称等信息变更确认表（2010-12-22）；www.meiyilianmeng.cn/news/show-28379.html；"
        "rebuilt: the page names the annex, not its columns",
        before="北京市 | 延庆区 | 延庆县检测站 | 210104090011 | 2021-03-02 | 2027-03-01",
        sheet="""
            序号 | 区 | 原名称 | 变更后名称 | 变更时间
            1 | 延庆区 | 延庆县检测站 | 延庆区农产品检测中心 | 2023年3月1日
        """,
        facts="延庆区农产品检测中心 (110119): called 延庆区农产品检测中心 2023-03-01",
    ),
    Form(
        name="an approval of changes issues the certificate anew",
        province="140000",
        source="山西省市场监督管理局，检验检测机构资质认定变更（扩项）批准名单：编号、有效期不变，发证日期为变更之日；rebuilt",
        before="晋城市 | 泽州县 | 泽州县站 | 170404090001 | 2017-06-11 | 2023-06-10",
        sheet="""
            序号 | 市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 备注
            1 | 晋城市 | 泽州县 | 泽州县站 | 170404090001 | 2021-03-01 | 2023-06-10 | 扩项
        """,
        facts="泽州县站 (140525): CMA amended 2021-03-01",
        aside="unread 备注",
    ),
    Form(
        name="a renewal keeps its number",
        province="140000",
        source="as the form before; a renewal (延续) under the same number, the span anew; rebuilt",
        before="晋城市 | 泽州县 | 泽州县站 | 170404090001 | 2017-06-11 | 2023-06-10",
        sheet="""
            序号 | 市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            1 | 晋城市 | 泽州县 | 泽州县站 | 170404090001 | 2023-06-11 | 2029-06-10
        """,
        facts="泽州县站 (140525): CMA renewed 170404090001 2023-06-11/2029-06-10",
    ),
    Form(
        name="a passed reassessment gives a new number",
        province="410000",
        source="河南省农业农村厅，农产品质量安全检测机构复查换证名单；rebuilt from the form of such announcements",
        before="新乡市 | 延津县 | 延津县质检站 | | | | 〔2018〕农质检核（豫）字第0201号 | 2018-05-02 | 2024-05-01",
        sheet="""
            序号 | 省辖市 | 县（市、区） | 机构名称 | 考核合格证书编号 | 考核发证日期 | 考核有效期至 | 考核类型
            1 | 新乡市 | 延津县 | 延津县质检站 | 〔2024〕农质检核（豫）字第0033号 | 2024-04-20 | 2030-04-19 | 复查
        """,
        facts="延津县质检站 (410726): CATL renewed 〔2024〕农质检核（豫）字第0033号 2024-04-20/2030-04-19",
        aside="unread 考核类型",
    ),
    Form(
        name="another number of the same day is not guessed at",
        province="140000",
        source="as the form before, with the same days and another number: a slip, or another certificate",
        before="晋城市 | 泽州县 | 泽州县站 | 170404090001 | 2017-06-11 | 2023-06-10",
        sheet="""
            市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            晋城市 | 泽州县 | 泽州县站 | 170404090007 | 2017-06-11 | 2023-06-10
        """,
        findings="2 certificate-differs@CMA证书编号",
    ),
    Form(
        name="labs merged into a centre",
        province="140000",
        source="晋城市陵川县综合检验检测中心（山西日报 2023-02-16，www.thedullerimage.com/2023/02/16/99322471.html）："
        "县级机构整合；rebuilt: the paper names the centre, the columns are those of reorganisation lists",
        before="晋城市 | 陵川县 | 陵川县农产品质检站 | 160404090070 | 2016-06-15 | 2022-06-14",
        sheet="""
            市 | 县 | 机构名称 | 并入机构 | 合并日期 | CMA证书编号 | CMA发证日期 | CMA有效期至
            晋城市 | 陵川县 | 陵川县农产品质检站 | 陵川县综合检验检测中心 | 2022.11.1 | / | / | /
            晋城市 | 陵川县 | 陵川县综合检验检测中心 | / | / | 220404090071 | 2022.12.5 | 2028.12.4
        """,
        facts="""
            陵川县农产品质检站 (140524): closed 2022-11-01
            陵川县综合检验检测中心 (140524): new; CMA 220404090071 2022-12-05/2028-12-04
        """,
    ),
)

DIRECTORIES = (
    Form(
        name="a template of a register has no units and no scheme in its days",
        province="610000",
        source="陕西省质量认证认可协会「秦检通」，机构导入模版；GitHub zouyan198429/quality_control，importTemplateExcel；header as published",
        sheet="""
            机构名称 | 机构地址 | 联系人 | 联系电话 | 资质认定证书编号 | 发证日期 | 有效日期
            洛川县苹果检测中心 | 洛川县中心街1号 | 张三 | 0911-0000000 | 212704090045 | 2021-10-08 | 2027-10-07
        """,
        findings="2 missing-cell@市",
        aside="unread 机构地址, 联系人, 联系电话",
    ),
    Form(
        name="an export of a register calls the number a number of a certificate",
        province="610000",
        source="陕西省质量认证认可协会「秦检通」，企业导出；GitHub zouyan198429/quality_control，exportListData；header as published, "
        "without its columns of addresses",
        sheet="""
            单位id | 单位名称 | 会员类型 | 统一社会信用代码 | 是否独立法人 | 所在城市 | 证书编号 | 联系人 | 审核 | 状态 | 创建时间
            1017 | 洛川县苹果检测中心 | 普通会员 | | 是 | 延安市 | 212704090045 | 张三 | 审核通过 | 正常 | 2021-10-09
        """,
        findings="""
            2 missing-cell@CMA发证日期
            2 missing-cell@CMA有效期至
        """,
        aside="unread 单位id, 会员类型, 是否独立法人, 联系人, 审核, 创建时间",
    ),
    Form(
        name="a directory with addresses and phones",
        province="150000",
        source="内蒙古自治区，农产品质检机构名录；扎兰屯市联合评审见 m.shzx.org/a/58-10392-0.html；rebuilt from the form of such directories",
        sheet="""
            内蒙古自治区农产品质量安全检验检测机构名录
            序号 | 盟市 | 旗县（市、区） | 机构名称 | 地址 | 邮编 | 联系电话 | CMA证书编号 | CMA发证日期 | CMA有效期
            1 | 呼伦贝尔市 | 扎兰屯市 | 扎兰屯市农产品质检中心 | 站前街 | 162650 | 0470-0000000 | 190504090081 | 2019-12-20 | 2025-12-19
            2 | 锡林郭勒盟 | 东乌旗 | 东乌珠穆沁旗农牧检测站 | 乌里雅斯太镇 | 026300 | | 190504090082 | 2019-12-20 | 2025-12-19
        """,
        findings="4 unknown-unit@旗县（市、区）",
        facts="扎兰屯市农产品质检中心 (150783): new; CMA 190504090081 2019-12-20/2025-12-19",
        aside="unread 地址, 邮编, 联系电话",
        options="accept_valid",
    ),
    Form(
        name="labs named with the name of their authorisation in brackets",
        province="120000",
        source="农业部公告第1197号附件1，「农业部环境保护科研监测所[农业部转基因生物生态环境安全监督检验测试中心（天津）]」；"
        "newton.com.tw/wiki/农业部公告第1197号/17535016；names as published there, columns rebuilt",
        sheet="""
            序号 | 区 | 机构名称 | CATL证书编号 | CATL发证日期 | CATL有效期至
            1 | 静海区 | 静海区检测所[市级农产品质量监督检验测试站（静海）] | (2021)农质检核(津)字第0009号 | 2021-04-28 | 2027-04-27
        """,
        facts="静海区检测所[市级农产品质量监督检验测试站（静海）] (120118): new; CATL (2021)农质检核(津)字第0009号 2021-04-28/2027-04-27",
    ),
    Form(
        name="one validity with both days",
        province="510000",
        source="四川省，筠连县、宜宾县双认证评审（www.jian15sc.cn/n/30035.html；m.46659.com/wen/guo/2014-04-10/7164.html）；"
        "rebuilt: the pages tell of the certificates, the column 有效期 with both days is that of certificates themselves",
        sheet="""
            市州 | 县区 | 单位名称 | 资质认定证书编号 | 资质认定有效期 | 机构考核证书编号 | 机构考核有效期
            宜宾市 | 筠连县 | 筠连县农产品质检站 | 212304090091 | 2021.1.20-2027.1.19 | 【2021】农质检核（川）字第0091号 | 2021年2月1日至2027年1月31日
            宜宾 | 叙州区 | 叙州区检验中心 | 212304090092 | 2021/1/20—2027/1/19 | 【2021】农质检核（川）字第0092号 | 2021-02-01至2027-01-31
        """,
        facts="""
            筠连县农产品质检站 (511527): new; CMA 212304090091 2021-01-20/2027-01-19; CATL 【2021】农质检核（川）字第0091号 2021-02-01/2027-01-31
            叙州区检验中心 (511504): new; CMA 212304090092 2021-01-20/2027-01-19; CATL 【2021】农质检核（川）字第0092号 2021-02-01/2027-01-31
        """,
    ),
    Form(
        name="a certificate without end is not guessed at",
        province="510000",
        source="as the form before, with 长期 in a column of validity",
        sheet="""
            市州 | 县区 | 单位名称 | 资质认定证书编号 | 资质认定发证日期 | 资质认定有效期至
            宜宾市 | 筠连县 | 筠连县农产品质检站 | 212304090091 | 2021.1.20 | 长期
        """,
        findings="2 bad-value@资质认定有效期至",
    ),
    Form(
        name="counties that report to the province",
        province="420000",
        source="湖北省，农产品质检机构双认证情况（省直管市仙桃、潜江、天门与神农架林区列在市州栏）；rebuilt",
        sheet="""
            市州 | 县（市、区） | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            仙桃市 | / | 仙桃市农产品质检中心 | 211704090111 | 2021-09-01 | 2027-08-31
            恩施州 | 利川市 | 利川市农产品质检站 | 211704090112 | 2021-09-01 | 2027-08-31
            神农架林区 | 神农架林区 | 神农架检测站 | / | / | /
        """,
        facts="""
            仙桃市农产品质检中心 (429004): new; CMA 211704090111 2021-09-01/2027-08-31
            利川市农产品质检站 (422802): new; CMA 211704090112 2021-09-01/2027-08-31
            神农架检测站 (429021): new
        """,
    ),
    Form(
        name="districts of a municipality",
        province="500000",
        source="重庆市，区县农产品质检机构资质情况；rebuilt from the form of such tables (no column of cities)",
        sheet="""
            序号 | 区县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            1 | 涪陵 | 涪陵区农产品质检中心 | 212204090121 | 2021.05.06 | 2027.05.05
            2 | 彭水县 | 彭水县农产品质检站 | 212204090122 | 2021.05.06 | 2027.05.05
        """,
        facts="""
            涪陵区农产品质检中心 (500102): new; CMA 212204090121 2021-05-06/2027-05-05
            彭水县农产品质检站 (500243): new; CMA 212204090122 2021-05-06/2027-05-05
        """,
    ),
    Form(
        name="counties of the province itself, under 市县",
        province="460000",
        source="海南省，市县农产品质检机构名单（文昌、琼海等省直辖）；rebuilt",
        sheet="""
            市县 | 机构名称 | CATL证书编号 | CATL发证日期 | CATL有效期至
            文昌市 | 文昌市农产品质检站 | （2022）农质检核（琼）字第0007号 | 20220304 | 20280303
            昌江县 | 昌江县农产品质检站 | （2022）农质检核（琼）字第0008号 | #20220304 | #20280303
        """,
        refused="column-unknown 市县",
    ),
    Form(
        name="prefectures and counties by their everyday names",
        province="530000",
        source="云南省，州市农产品质检机构双认证名单；rebuilt with the names that offices use (红河州、大理州、巍山县)",
        sheet="""
            州市 | 县（市、区） | 检测机构名称 | CMA证书编号 | CMA批准日期 | CMA有效期至 | CATL证书编号 | CATL批准日期 | CATL有效期至
            红河州 | 蒙自市 | 蒙自市农产品质检站 | 212504090131 | 2021-08-02 | 2027-08-01 | [2021]农质检核（滇）字第0031号 | 2021-08-30 | 2027-08-29
            大理州 | 巍山县 | 巍山县农产品质检站 | 212504090132 | 2021-08-02 | 2027-08-01 | 无 | 无 | 无
        """,
        facts="""
            蒙自市农产品质检站 (532503): new; CMA 212504090131 2021-08-02/2027-08-01; CATL [2021]农质检核（滇）字第0031号 2021-08-30/2027-08-29
            巍山县农产品质检站 (532927): new; CMA 212504090132 2021-08-02/2027-08-01
        """,
    ),
    Form(
        name="a bilingual header",
        province="350000",
        source="福建省，检验检测机构名录（中英文）；rebuilt from the form of bilingual directories",
        sheet="""
            City | County | Laboratory | CMA Certificate No. | CMA Issue Date | CMA Expiry Date | Remarks
            泉州市 | 安溪县 | 安溪县茶叶检测中心 | 211304090141 | 2021-11-05 | 2027-11-04 | N/A
        """,
        facts="安溪县茶叶检测中心 (350524): new; CMA 211304090141 2021-11-05/2027-11-04",
        aside="unread Remarks",
    ),
    Form(
        name="text of an old program, in GB18030",
        province="130000",
        source="河北省，农产品质检机构台账导出（.csv，GB18030）；rebuilt: programs of the time write this encoding",
        file="csv gb18030",
        sheet="""
            设区市 | 县区 | 机构名称 | CMA证书号 | CMA发证时间 | CMA到期时间 | CATL证书号 | CATL发证时间 | CATL到期时间
            廊坊市 | 固安县 | 固安县农产品检测站 | 210304090151 | 2021-3-9 0:00 | 2027-3-8 0:00 | 〔2021〕农质检核（冀）字第0051号 | 2021-4-1 | 2027-3-31
            定州市 | | 定州市农产品检测中心 | 210304090152 | 2021-3-9 0:00 | 2027-3-8 0:00 | | |
        """,
        findings="3 wrong-level@设区市",
        facts="固安县农产品检测站 (131022): new; CMA 210304090151 2021-03-09/2027-03-08; CATL 〔2021〕农质检核（冀）字第0051号 2021-04-01/2027-03-31",
        options="accept_valid",
    ),
    Form(
        name="an old workbook with days and whole numbers",
        province="340000",
        source="安徽省，县级农产品质检机构能力提升三年行动台账（.xls；m.itqbqsmk2.cn/finance/shipin/2022/0425/4921.html 述及行动）；rebuilt",
        file="xls",
        sheet="""
            序号 | 市 | 县（区） | 机构名称 | CMA编号 | CMA发证日期 | CMA有效期至
            #1 | 六安市 | 霍山县 | 霍山县农产品质检站 | #211204090161 | @2021-06-15 | @2027-06-14
            #2 | 六安市 | 金寨县 | 金寨县农产品质检站 | 211204090162 | 2021.6.15 | 2027.6.14
        """,
        facts="""
            霍山县农产品质检站 (341525): new; CMA 211204090161 2021-06-15/2027-06-14
            金寨县农产品质检站 (341524): new; CMA 211204090162 2021-06-15/2027-06-14
        """,
    ),
    Form(
        name="an open document with a merged city",
        province="520000",
        source="贵州省，市州农产品质检机构台账（.ods）；rebuilt",
        file="ods",
        sheet="""
            市州 | 县（市、区） | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            黔东南州 | 凯里市 | 凯里市农产品质检站 | 212404090171 | @2021-06-15 | @2027-06-14
            ^ | 雷山县 | 雷山县农产品质检站 | 212404090172 | 2021-06-15 | 2027-06-14
        """,
        facts="""
            凯里市农产品质检站 (522601): new; CMA 212404090171 2021-06-15/2027-06-14
            雷山县农产品质检站 (522634): new; CMA 212404090172 2021-06-15/2027-06-14
        """,
    ),
    Form(
        name="two numbers in one cell",
        province="370000",
        source="山东省，检验检测机构名录：一栏两号（旧证、新证）；rebuilt",
        sheet="""
            市 | 县 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            济宁市 | 任城区 | 任城区检测中心 | 171504090181、211504090181 | 2021-06-15 | 2027-06-14
        """,
        facts="任城区检测中心 (370811): new; CMA 171504090181、211504090181 2021-06-15/2027-06-14",
        aside="remark 2 odd-number@CMA证书编号",
    ),
    Form(
        name="days that can be read in two ways",
        province="650000",
        source="新疆维吾尔自治区，地州农产品质检机构名单；rebuilt, with days as a workbook of other settings writes them",
        sheet="""
            地州市 | 县市 | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至
            巴音郭楞州 | 库尔勒市 | 库尔勒市农产品质检中心 | 213104090191 | 5/6/2021 | 5/5/2027
        """,
        findings="""
            2 ambiguous-date@CMA发证日期
            2 ambiguous-date@CMA有效期至
        """,
    ),
)

PROGRESS = (
    Form(
        name="a city's progress with its rate",
        province="140000",
        source="晋城市「双认证」83.3%（山西日报 2023-02-16，www.thedullerimage.com/2023/02/16/99322471.html）；figures as published "
        "(6 家，5 家通过), the table rebuilt",
        sheet="""
            晋城市农产品质检机构“双认证”进展情况表（截至2023年2月16日） | < | < | < | < | < | <
            序号 | 县（市、区） | 机构名称 | CMA证书编号 | CMA发证日期 | CMA有效期至 | 是否双认证
            1 | 市本级 | 晋城市农产品检测中心 | 210404090201 | 2021.6.15 | 2027.6.14 | 否
            2 | 泽州县 | 泽州县检测站 | 210404090202 | 2021.6.15 | 2027.6.14 | 否
            3 | 阳城县 | 阳城县检测站 | / | / | / | 否
            合计 | 3家 | | 2 | | | 双认证率0%
            填报单位：晋城市农业农村局
        """,
        facts="""
            晋城市农产品检测中心 (140500): new; CMA 210404090201 2021-06-15/2027-06-14
            泽州县检测站 (140525): new; CMA 210404090202 2021-06-15/2027-06-14
            阳城县检测站 (140522): new
        """,
        aside="""
            skipped 6 total
            skipped 7 footer
        """,
    ),
    Form(
        name="claims about labs that the books know",
        province="140000",
        source="各市上报的双认证统计表（只有是否双认证一栏）；rebuilt",
        before="晋城市 | 泽州县 | 泽州县站 | 210404090041 | 2021-06-15 | 2027-06-14 | [2021]农质检核（晋）字第0041号 | 2021-07-15 | 2027-07-14\n"
        "晋城市 | 阳城县 | 阳城县站 | 210404090042 | 2021-06-15 | 2027-06-14",
        sheet="""
            农产品质检机构双认证统计表（截至2023年6月30日）
            市 | 县 | 机构名称 | 是否双认证
            晋城市 | 泽州县 | 泽州县站 | 是
            晋城市 | 阳城县 | 阳城县站 | 是
        """,
        findings="4 dual-contradicted@是否双认证",
        aside="unchanged 1",
    ),
    Form(
        name="the claim of a day long past",
        province="140000",
        source="as the form before: 否 of a day before the certificates",
        before="晋城市 | 泽州县 | 泽州县站 | 210404090041 | 2021-06-15 | 2027-06-14 | [2021]农质检核（晋）字第0041号 | 2021-07-15 | 2027-07-14",
        sheet="""
            农产品质检机构双认证统计表（截至2021年7月1日）
            市 | 县 | 机构名称 | 是否双认证
            晋城市 | 泽州县 | 泽州县站 | 否
        """,
        aside="unchanged 1",
    ),
    Form(
        name="has and has not",
        province="340000",
        source="安徽省，县级农产品质检机构检测资质情况统计（CMA、CATL 有/无）；rebuilt from the form of such tables",
        sheet="""
            市 | 县（市、区） | 机构名称 | CMA（资质认定） | < | < | <
            ^ | ^ | ^ | 有/无 | 证书号 | 发证时间 | 有效期至
            六安市 | 霍山县 | 霍山县农产品质检站 | 有 | 211204090161 | 2021.6.15 | 2027.6.14
            六安市 | 金寨县 | 金寨县农产品质检站 | 无 | — | — | —
            六安市 | 舒城县 | 舒城县农产品质检站 | 有 | — | — | —
        """,
        findings="5 claim-contradicted@CMA（资质认定） 有/无",
        facts="""
            霍山县农产品质检站 (341525): new; CMA 211204090161 2021-06-15/2027-06-14
            金寨县农产品质检站 (341524): new
        """,
        options="accept_valid",
    ),
    Form(
        name="ticks under the two certificates",
        province="360000",
        source="江西省，设区市农产品质检机构双认证一览表（√）；rebuilt",
        sheet="""
            江西省农产品质检机构“双认证”一览表 | < | < | < | < | <
            设区市 | 县（市、区） | 机构名称 | CMA | CATL | 备注
            赣州市 | 信丰县 | 信丰县农产品质检站 | √ | √ |
            赣州市 | 于都县 | 于都县农产品质检站 | √ | |
        """,
        findings="""
            3 claim-contradicted@CMA
            3 claim-contradicted@CATL
            4 claim-contradicted@CMA
        """,
    ),
    Form(
        name="the ordinary ledger with three lines above it",
        province="410000",
        source="河南省，市级上报附件（附件、标题、填报单位三行，表头两行）；rebuilt",
        sheet="""
            附件2
            农产品质量安全检验检测机构双认证情况统计表 | < | < | < | < | < | < | < | < | <
            填报单位：新乡市农业农村局 | | | | | | | 填报时间：2023年6月30日
            序号 | 省辖市 | 县（市、区） | 机构名称 | 检验检测机构资质认定（CMA） | < | < | 农产品质量安全检测机构考核（CATL） | < | <
            ^ | ^ | ^ | ^ | 证书编号 | 发证日期 | 有效期至 | 证书编号 | 发证日期 | 有效期至
            1 | 新乡市 | 长垣县 | 长垣市农产品质检站 | 211604090211 | 2021.6.15 | 2027.6.14 | 〔2021〕农质检核（豫）字第0211号 | 2021.7.15 | 2027.7.14
            2 | 新乡市 | 延津县 | 延津县农产品质检站 | 211604090212 | 2021.6.15 | 2027.6.14 | 正在申报 | |
            注：证书编号按证书填写。
        """,
        findings="""
            7 bad-value@农产品质量安全检测机构考核（CATL） 证书编号
        """,
        facts="长垣市农产品质检站 (410783): new; CMA 211604090211 2021-06-15/2027-06-14; CATL 〔2021〕农质检核（豫）字第0211号 2021-07-15/2027-07-14",
        aside="skipped 8 footer",
        options="accept_valid",
    ),
    Form(
        name="steps that are not a certificate yet",
        province="370000",
        source="山东省，县区综合检验检测中心 2024-12-24 通过审核、证书「近期颁发」（xjyszb.cn/News/43484.aspx）；three days as published, table rebuilt",
        sheet="""
            市 | 县 | 机构名称 | CMA受理日期 | CMA现场评审日期 | CMA证书编号 | CMA发证日期 | CMA有效期至
            济宁市 | 汶上县 | 汶上县综合检验检测中心 | 2024-09-02 | 2024-11-28 | | |
        """,
        refused="column-unknown CMA受理日期 CMA现场评审日期",
    ),
    Form(
        name="a bulletin counts and names nobody",
        province="140000",
        source="各市「双认证」进展通报附表（只有数，无机构）；rebuilt",
        sheet="""
            序号 | 市 | 机构总数 | CMA | CATL | 双认证数 | 双认证率
            1 | 晋城市 | 6 | 5 | 5 | 5 | 83.3%
            2 | 长治市 | 13 | 11 | 9 | 9 | 69.2%
        """,
        refused="headers-missing",
    ),
)

COUNTIES = (
    Form(
        name="the ministry's list of named counties",
        province="110000",
        source="农质发〔2023〕7号附件1，第三批国家农产品质量安全县名单；0798ci.com/law/204420.html（original www.moa.gov.cn/govpublic/ncpzlaq/"
        "202310/t20231031_6439419.htm）；rebuilt: the page names the annex, batch and programme stand in its title alone",
        sheet="""
            第三批国家农产品质量安全县名单
            省（自治区、直辖市） | 县（市、区）
            北京市 | 延庆区
        """,
        refused="headers-missing",
    ),
    Form(
        name="named counties of a province",
        province="510000",
        source="四川省1市11县，关于命名第二批国家农产品质量安全县（市）的通知；ylzx.net/9/116960.html；counties as published, columns rebuilt",
        sheet="""
            序号 | 市州 | 县（市、区） | 类别 | 批次 | 命名日期
            1 | 达州 | 达川区 | 国家级命名 | 第二批 | 2019-11-06
            2 | 阿坝州 | 理县 | 国家级命名 | 第二批 | 2019-11-06
            3 | 乐山市 | 峨眉山市 | 国家级命名 | 第二批 | 2019-11-06
        """,
        facts="""
            达川区 (511703): national 2 named 2019-11-06
            理县 (513222): national 2 named 2019-11-06
            峨眉山市 (511181): national 2 named 2019-11-06
        """,
    ),
    Form(
        name="candidates under names that changed since",
        province="410000",
        source="河南省9个第二批国家农产品质量安全创建试点（金水区、巩义市、长垣县、孟津县、延津县等）；www.xihuaxianzx.com/xhxms/160.html；"
        "counties as published, columns rebuilt",
        sheet="""
            省辖市 | 县（市、区） | 农安县类别 | 创建批次 | 公布日期
            新乡市 | 长垣县 | 国家级创建 | 2 | 2017-01-16
            洛阳市 | 孟津县 | 国家级创建 | 2 | 2017-01-16
            郑州市 | 金水区 | 国家级创建 | 2 | 2017-01-16
        """,
        facts="""
            长垣市 (410783): national 2 candidate 2017-01-16
            孟津区 (410308): national 2 candidate 2017-01-16
            金水区 (410105): national 2 candidate 2017-01-16
        """,
    ),
    Form(
        name="candidates of a provincial batch",
        province="140000",
        source="山西省第三批省级农产品质量安全县创建试点公示（2019-11-18，news.shi-fen.com/china/201911/50-533984.html）；"
        "counties as published (阳泉郊区、潞城区), columns rebuilt",
        sheet="""
            市 | 县（市、区） | 农产品质量安全县类别 | 批次 | 公布日期
            太原市 | 清徐县 | 省级创建 | 第三批 | 2019年11月18日
            阳泉市 | 阳泉郊区 | 省级创建 | 第三批 | 2019年11月18日
            长治 | 潞城 | 省级创建 | 第三批 | 2019年11月18日
        """,
        facts="""
            清徐县 (140121): provincial 3 candidate 2019-11-18
            郊区 (140311): provincial 3 candidate 2019-11-18
            潞城区 (140406): provincial 3 candidate 2019-11-18
        """,
    ),
    Form(
        name="ticks for named and candidate",
        province="140000",
        source="各市农安县统计表（国家/省级 × 已命名/创建，打√）；rebuilt",
        sheet="""
            市 | 县（市、区） | 国家农产品质量安全县 | < | 省级农产品质量安全县 | < | 批次
            ^ | ^ | 已命名 | 创建 | 已命名 | 创建 | ^
            晋城市 | 泽州县 | √ | | | | 第三批
            晋城市 | 高平市 | | | | √ | 第五批
        """,
        facts="""
            泽州县 (140525): national 3 named 2023-04-13
            高平市 (140581): provincial 5 candidate 2023-04-13
        """,
    ),
)

PEOPLE = (
    Form(
        name="who of the department answers for which city",
        province="140000",
        source="山西省农业农村厅 2023-04-13 通知附件1《省厅包联表》；the notice names the annex, its columns are rebuilt",
        sheet="""
            省厅包联表
            序号 | 包联市 | 包联厅领导 | 职务 | 包联处室 | 包联时间
            1 | 晋城市 | person-1 | 副厅长 | 监管局 | 2023.4.20
            2 | 长治市 | person-2 | 总农艺师 | 质检中心 | 2023.4.20
        """,
        facts="""
            person-1 → 晋城市: since 2023-04-20; supporter-described 2023-04-20
            person-2 → 长治市: since 2023-04-20; supporter-described 2023-04-20
        """,
    ),
    Form(
        name="a pairing with columns of its visits",
        province="140000",
        source="县级包联台账（包联起始时间、最近一次走访时间、走访次数）；rebuilt",
        sheet="""
            市 | 县 | 包联干部 | 包联起始时间 | 最近一次走访时间 | 走访次数
            晋城市 | 泽州县 | person-3 | 2023.4.25 | 2023.9.1 | 3
        """,
        facts="person-3 → 泽州县: since 2023-04-25",
        aside="unread 最近一次走访时间, 走访次数",
    ),
    Form(
        name="which lab helps which",
        province="140000",
        source="山西省农业农村厅 2023-04-13 通知附件2《检测机构帮扶表》；the notice names the annex, its columns are rebuilt",
        before="晋城市 | 泽州县 | 泽州县站\n晋城市 | 阳城县 | 阳城县站",
        sheet="""
            检测机构帮扶表
            市 | 县 | 受援机构 | 帮扶单位 | 帮扶时间
            晋城市 | 阳城县 | 阳城县站 | 泽州县站 | 2023年6月24日
        """,
        facts="泽州县站 → 阳城县站: since 2023-06-24",
    ),
    Form(
        name="shortcomings and measures of counties",
        province="140000",
        source="山西省农业农村厅 2023-04-13 通知：攻坚方案列明问题短板、逐项举措、责任人、完成时间；columns as worded there",
        sheet="""
            攻坚方案台账
            市 | 县 | 问题短板 | 逐项举措 | 责任人 | 完成时间 | 印发日期
            晋城市 | 阳城县 | 检测仪器不足 | 购置气相色谱仪 | person-4 | 2023.6.30 | 2023.4.20
            ^ | ^ | 人员不足 | 招聘2人 | person-4 | 6月底前 | ^
        """,
        findings="4 bad-value@完成时间",
    ),
    Form(
        name="visits with what came of them",
        province="140000",
        source="包联干部走访记录表；rebuilt",
        before="晋城市 | 阳城县 | 阳城县站",
        sheet="""
            市 | 县 | 走访人 | 走访时间 | 走访记录 | 备注
            晋城市 | 阳城县 | person-5 | 2023.9.1 | 现场查看仪器 | 无
        """,
        findings="2 not-paired@走访人",
        aside="unread 备注",
    ),
    Form(
        name="several people in a cell",
        province="140000",
        source="as 省厅包联表, with two names in a cell as many such tables have them",
        sheet="""
            序号 | 包联市 | 包联厅领导 | 包联时间
            1 | 晋城市 | 张三、李四 | 2023.4.20
        """,
        findings="2 several-people@包联厅领导",
    ),
)

FORMS = (*LISTS_OF_ENDS, *CHANGES, *DIRECTORIES, *PROGRESS, *COUNTIES, *PEOPLE)
