import QBXML
import Testing

@Suite struct StatusCodeTests {
    // swift-format-ignore
    static let documented: [(Int, Consequence)] = [
        (0, .ok), (1, .empty), (500, .empty), (501, .human), (510, .human), (530, .okWithWarning), (531, .okWithWarning),
        (550, .okWithWarning), (560, .ok), (570, .human), (1000, .retry), (1010, .retry), (1030, .human), (1060, .fix),
        (3000, .fix), (3010, .fix), (3020, .fix), (3030, .fix), (3031, .fix), (3035, .fix), (3040, .fix), (3045, .fix),
        (3050, .fix), (3060, .fix), (3065, .fix), (3070, .fix), (3080, .fix), (3085, .fix), (3090, .fix), (3100, .adopt),
        (3110, .missing), (3120, .missing), (3130, .dependency), (3140, .dependency), (3150, .fix), (3151, .fix),
        (3160, .human), (3161, .human), (3170, .retry), (3171, .human), (3175, .retry), (3176, .retry), (3180, .human),
        (3185, .human), (3190, .fix), (3200, .refresh), (3205, .fix), (3210, .human), (3220, .human), (3230, .human),
        (3231, .afterFailure), (3240, .human), (3250, .human), (3260, .human), (3261, .human), (3262, .human),
        (3263, .human), (3270, .human), (3280, .human), (3300, .human), (3390, .human), (3391, .restart), (9100, .fix),
        (9150, .fix),
    ]

    @Test(arguments: documented, ["Info", "Warn", "Error"])
    func theNumberDecides(_ code: (Int, Consequence), _ severity: String) throws {
        #expect(StatusCode.consequence(code: code.0, severity: severity, message: "") == code.1)
        let entry = try #require(StatusCode.entry(code.0))
        #expect(entry.explanation.hasSuffix("."))
        #expect(entry.remedy.isEmpty == [.ok, .empty].contains(code.1) || code.0 == 500)
    }

    @Test(arguments: [
        (7, "Info", Consequence.ok), (599, "Warn", .okWithWarning), (599, "Error", .human), (3999, "Info", .human),
        (3999, "Error", .human), (8000, "Warn", .human), (3077, "Error", .fix), (-1, "Error", .human),
    ])
    func unknownCodesAreNeverDropped(_ code: Int, _ severity: String, _ expected: Consequence) {
        #expect(StatusCode.consequence(code: code, severity: severity, message: "") == expected)
    }

    @Test(arguments: [
        ("The record is locked by another user.", Consequence.retry), ("The list is in use.", .retry),
        ("This account number is already in use.", .adopt), ("A vendor with that name already exists.", .adopt),
        ("Credit limit exceeded.", .human), ("It no longer exists.", .human), ("The name exists.", .adopt),
    ])
    func saveFailedGoesByItsText(_ message: String, _ expected: Consequence) {
        #expect(StatusCode.consequence(code: 3180, severity: "Error", message: message) == expected)
    }

    @Test func aProblemCarriesQuickBooksOwnWords() {
        let problem = StatusCode.problem(code: 3100, message: "The name \"A\" is in use.", record: "vendor 1")
        #expect(problem.record == "vendor 1")
        #expect(problem.what.hasSuffix("QuickBooks says (status 3100): The name \"A\" is in use."))
        #expect(StatusCode.problem(code: 7777, message: "Odd.").what.contains("7777"))
    }

    @Test(arguments: [
        ("0x80040400", Consequence.fix), ("0x80040401", .retry), ("0x80040402", .retry), ("0x80040408", .retry),
        ("0x8004040A", .human), ("0x8004040D", .retry), ("0x80040410", .retry), ("0x80040414", .human),
        ("0x80040416", .human), ("0x80040417", .human), ("0x8004041A", .human), ("0x8004041B", .human),
        ("0x80040420", .human), ("0x80040422", .human), ("-2147220480", .fix), ("80040400", .fix), ("0x1", .human),
        ("", .human),
    ])
    func refusalsOfAWholeDocument(_ hresult: String, _ expected: Consequence) {
        let refusal = Refusal(hresult: hresult, message: "said")
        #expect(refusal.consequence == expected)
        #expect(refusal.problem.what.contains("said"))
        #expect(!refusal.problem.remedy.isEmpty)
    }

    @Test func aSideFileIsRead() {
        let text = "hresult=0x80040400\r\nmessage=QuickBooks found an error\r\nwhen parsing.\r\n"
        let refusal = Refusal(sideFile: Array(text.utf8))
        #expect(refusal == Refusal(hresult: "0x80040400", message: "QuickBooks found an error when parsing."))
        #expect(Refusal(sideFile: Array("nothing".utf8)) == nil)
        #expect(Refusal(sideFile: []) == nil)
    }
}
