import Domain
import Foundation
import Testing

@testable import Pipeline

/// The status page as bytes: its HTML, its table, its JSON.
@Suite struct StatusPageTests {
    private func html(_ page: StatusPage) throws -> String {
        try #require(String(validating: StatusPageHTML().render(page), as: UTF8.self))
    }

    @Test func fiveHundredHostileNamesAreTextAndNothingElse() throws {
        let page = HostilePage.page()
        let html = try html(page)
        let strict = StrictHTML(html)
        #expect(strict.findings.isEmpty)
        // What others wrote is there, as text.
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(html.contains("{{#sections}}") && html.contains("{{{style}}}"))
        #expect(html.utf8.count < 1_048_576)
        let unwelcome = html.unicodeScalars.filter {
            $0 != "\n" && ($0.value < 0x20 || (0x202a...0x202e).contains($0.value))
        }
        #expect(unwelcome.isEmpty)
    }

    @Test func aQuoteWithACombiningMarkIsEscapedToo() {
        #expect(SafeHTML.escape("\"\u{301}<\u{338}&\u{20dd}'") == "&quot;\u{301}&lt;\u{338}&amp;\u{20dd}&#39;")
        #expect(SafeHTML.escape("a\u{202e}b\u{0}c") == "a b c")
        #expect(SafeHTML.escape("Alder & Söhne") == "Alder &amp; Söhne")
    }

    @Test func thePolicyLetsInOneStyleAndNothingElse() throws {
        let html = try html(HostilePage.page())
        let style = try #require(StrictHTML(html).texts["style"]?.first)
        let digest = Data(Digest(of: Array(style.utf8)).bytes).base64EncodedString()
        #expect(
            html.contains(
                "content=\"default-src 'none'; style-src 'sha256-\(digest)'; base-uri 'none'; form-action 'none'\""))
        // Nothing in the frame itself asks for anything.
        let frame = StatusPageTemplate.html + StatusPageTemplate.style
        for word in ["http:", "https:", "//", "url(", "@import", "<script", "<img", "<link", "src=", "refresh"] {
            #expect(!frame.contains(word), "\(word)")
        }
    }

    @Test func aHundredThousandWaitingStayBelowAMebibyteAndArePutInNumbers() throws {
        let long = String(repeating: "\"&<é", count: 200)
        var page = HostilePage.page((0..<600).map { "\(long) \($0)" })
        var seventh = page.sections[0]
        seventh.id = "totals"
        page.sections.append(seventh)
        for place in page.sections.indices { page.sections[place].count = 100_000 }
        let html = try html(page)
        #expect(html.utf8.count < 1_048_576)
        #expect(html.utf8.count > 600_000, "there is room for more than a few")
        #expect(StrictHTML(html).findings.isEmpty)
        let more = try #require(html.firstMatch(of: /([0-9]+) of 100,000 are listed here; ([0-9,]+) more/))
        let (listed, left) = (Int(more.1) ?? 0, Int(more.2.replacing(",", with: "")) ?? 0)
        #expect(listed > 0 && listed + left == 100_000)
    }

    @Test func nothingToTellIsSaidToo() throws {
        var page = HostilePage.page()
        page.notices = []
        for place in page.sections.indices {
            page.sections[place].count = 0
            page.sections[place].items = []
            page.sections[place].groups = []
        }
        let html = try html(page)
        #expect(StrictHTML(html).findings.isEmpty)
        #expect(html.contains("<p class=\"verdict\">All is well: nothing waits</p>"))
        #expect(!html.contains("<table>") && !html.contains("class=\"urgent\""))
    }

    @Test func noCellIsAFormulaAndEveryRowHasItsCells() {
        let page = HostilePage.page()
        let text = String(decoding: page.csv, as: UTF8.self)
        #expect(text.hasPrefix("\u{feff}part,record,state,amount,why,what to do,who can,time,file,dropped by\r\n"))
        var rows = 0
        for row in text.split(separator: "\r\n") {
            let cells = Self.cells(row)
            #expect(cells.count == 10, "\(row)")
            for (place, cell) in cells.enumerated() where place != 3 {
                #expect(!["=", "+", "-", "@"].contains(cell.first { $0 != " " }), "\(cell)")
            }
            rows += 1
        }
        #expect(rows == 1 + 500 + 2)
        #expect(StatusPage.cell("-12.50") == "-12.50", "an amount is none")
        #expect(StatusPage.cell(" =1+1") == "' =1+1")
    }

    /// The cells of a row, unquoted.
    private static func cells(_ row: Substring) -> [String] {
        var cells = [""]
        var isQuoted = false
        for character in row {
            switch character {
            case "\"": isQuoted.toggle()
            case "," where !isQuoted: cells.append("")
            default: cells[cells.count - 1].append(character)
            }
        }
        return cells
    }

    @Test func theJSONIsWholeAndSaysWhatItLeavesOut() throws {
        var page = HostilePage.page()
        page.sections[0].count = 5_000
        let object = try #require(JSONSerialization.jsonObject(with: Data(page.json)) as? [String: Any])
        let sections = try #require(object["sections"] as? [[String: Any]])
        let items = try #require(sections[0]["items"] as? [[String: Any]])
        #expect(sections.count == 6 && items.count == 84)
        #expect(sections[0]["left_out"] as? Int == 5_000 - 84)
        #expect(items[0]["record"] as? String == HostilePage.names[0], "as it was given")
        #expect(
            object["verdict"] as? String
                == "Plumbline is held up, 5,000 need somebody, 84 to approve, 83 wait, 83 on the way")
    }
}

/// How times, amounts and people are said.
@Suite struct StatusPageWordsTests {
    @Test func timesAreThoseOfTheQuickBooksMachine() throws {
        let denver = StatusPageWords(zone: TimeZone(identifier: "America/Denver"))
        #expect(denver.time("2026-11-29T21:05:09Z") == "Nov 29, 2026, 2:05 PM")
        #expect(denver.time("2026-07-01T06:05:09Z") == "Jul 1, 2026, 12:05 AM", "in summer, another hour")
        #expect(denver.cell("2026-11-29T21:05:09Z") == "2026-11-29 14:05")
        #expect(denver.startOfDay(1_796_000_000) == "2026-11-29T07:00:00Z")
        #expect(StatusPageWords(zone: nil).time("2026-11-29T00:05:09Z") == "Nov 29, 2026, 12:05 AM")
        #expect(denver.time("yesterday") == "yesterday", "what is no time stands as it is")
    }

    @Test(arguments: [
        ("0", "$0.00"), ("1234567.8", "$1,234,567.80"), ("-1000", "-$1,000.00"), ("999.99", "$999.99"),
        ("-0.05", "-$0.05"),
    ]) func amountsAreWrittenForPeople(text: String, shown: String) throws {
        #expect(StatusPageWords.money(try #require(Amount(text))) == shown)
    }

    @Test func numbersAndWordsFitTogether() {
        #expect(StatusPageWords.count(1, "vendor") == "1 vendor")
        #expect(StatusPageWords.count(12_345, "direct cost") == "12,345 direct costs")
        #expect(StatusPageWords.number(999) == "999" && StatusPageWords.number(1_000_000) == "1,000,000")
    }

    @Test func whoCanIsToldByWhatIsToBeDone() {
        #expect(
            StatusPageWords.who(can: "Shorten it in Procore, export again, and drop the new file.")
                == "whoever may change it in Procore")
        #expect(StatusPageWords.who(can: "Run plumbline retry --failed.") == "the administrator of Plumbline")
        #expect(StatusPageWords.who(can: "Drop it again.") == "you")
        #expect(
            StatusPageWords.who(can: "Add the account in QuickBooks, and run plumbline retry.")
                == "whoever may change it in QuickBooks, or the administrator of Plumbline")
    }

    @Test func aTransactionComesToWhatItsLinesComeTo() {
        let order = Content(
            [.init("RefNumber", "SC-1")],
            lines: [
                .init("1", [.init("Quantity", "3"), .init("Rate", "0.335")]),
                .init("2", [.init("Quantity", "100"), .init("Rate", "-1")]),
            ])
        #expect(order.total == Amount("-98.99"), "a line is rounded to cents, a half away from zero")
        let bill = Content(lines: [.init("1", [.init("Amount", "900.00")]), .init("2", [.init("Amount", "-90.00")])])
        #expect(bill.total == Amount("810"))
        #expect(Content([.init("amount", "43750.00")]).total == Amount("43750"))
        #expect(Content([.init("Name", "Alder")]).total == nil)
    }
}

/// How often the page is read and written.
@Suite struct StatusPagePaceTests {
    @Test func itIsReadAtMostEveryTwoSecondsAndForAHundredthOfTheTime() {
        var pace = StatusPagePace()
        #expect(pace.isDue(at: .zero) && pace.isLookDue(at: .zero))
        pace.looked(at: .seconds(10), for: .milliseconds(3))
        #expect(!pace.isDue(at: .seconds(11.9)))
        #expect(pace.isDue(at: .seconds(12)))
        pace.looked(at: .seconds(20), for: .milliseconds(500))
        #expect(!pace.isDue(at: .seconds(69.9)))
        #expect(pace.isDue(at: .seconds(70)))
    }

    @Test func whatNobodyTellsOfIsLookedForOnceAMinute() {
        var pace = StatusPagePace()
        pace.looked(at: .seconds(10), for: .zero)
        #expect(!pace.isLookDue(at: .seconds(69)))
        #expect(pace.isLookDue(at: .seconds(70)))
    }
}
