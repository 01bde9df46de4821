import Foundation
import Testing

/// A contractor's whole books, while answers are lost, cut short, doubled and late, and QuickBooks refuses now and then:
/// after `resend` and `retry` they are what the exports say, to the cent, and nothing is there twice.
///
/// Needs ../shared with qbsim, and python3 with lxml; skipped, visibly, where they are absent.
@Suite(.serialized, .enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct LostAnswersTests {
    /// What goes wrong on the way and in QuickBooks; each so often, after so many that went well.
    static let faults = [
        "lost answers": [
            "match=VendorAdd,action=drop,times=1", "match=ItemServiceAdd,action=drop,times=1",
            "match=EstimateAdd,action=drop,times=1", "match=EstimateMod,action=drop,times=2",
            "match=PurchaseOrderAdd,action=drop,times=3,skip=1", "match=PurchaseOrderMod,action=drop,times=3",
            "match=BillAdd,action=drop,times=4,skip=1", "match=BillPaymentCheckAdd,action=drop,times=2",
        ],
        "lost requests": [
            "match=*,action=lose,times=6,skip=2", "match=BillAdd,action=lose,times=3,skip=2",
            "match=PurchaseOrderMod,action=lose,times=1", "match=EstimateAdd,action=delay,value=1,times=1",
        ],
        "answers cut short and doubled": [
            "match=VendorAdd,action=truncate,value=0.6,times=1",
            "match=BillAdd,action=truncate,value=0.5,times=3",
            "match=PurchaseOrderMod,action=truncate,value=0.7,times=2", "match=*,action=twice,times=20,skip=4",
            "match=*,action=reorder,times=20",
        ],
        "refusals": [
            "match=*Add,status=3175,times=6,skip=5", "match=*Mod,status=3200,times=4",
            "match=VendorAdd,status=3100,times=1", "match=BillAdd,action=drop,times=2",
            "match=PurchaseOrderAdd,status=1000,times=1", "match=BillAdd,status=3180,times=1,skip=4",
        ],
    ]

    /// What the mending commands have to say, so that nothing passes without anything having gone wrong.
    static let needed = [
        "lost answers": ["goes out again", "is asked how it stands"],
        "lost requests": ["goes out again", "is asked how it stands"],
        "answers cut short and doubled": ["goes out again"],
        "refusals": ["gets another attempt", "goes out again"],
    ]

    @Test(arguments: faults.keys.sorted())
    func afterResendAndRetryTheBooksAreWhatTheExportsSay(_ name: String) throws {
        let contractor = CompanyGenerator.contractor(seed: 20_261_123, projects: 1)
        let expected = ExpectedBooks(contractor: contractor).books
        let root = try TestRoot(CompanyGenerator.yaml)
        defer { root.remove() }
        let referee = try SeededReferee(root, edition: .us)
        for file in ContractorExports(contractor: contractor).files {
            let path = URL(fileURLWithPath: "\(root.path)/inbox/procore/\(file.name)")
            try FileManager.default.createDirectory(
                at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
            try root.drop(file.text, as: "procore/\(file.name)")
        }
        var rounds = 0
        var mended = ""
        while rounds < 40, try rounds == 0 || !isAtRest(root) {
            rounds += 1
            try take(root)
            try referee.answer(faults: Self.faults[name] ?? [])
            try take(root)
            // What waits for its time is not waited for; what failed or was never answered is mended.
            mended += try root.run("retry", "--failed").output
            if root.names("outbox/quickbooks").isEmpty { mended += try root.run("resend", "--unanswered").output }
        }
        for words in Self.needed[name] ?? [] { #expect(mended.contains(words), "\(words) in:\n\(mended)") }
        let left = try root.run("status").output
        #expect(try isAtRest(root), "\(left)")
        #expect(try referee.duplicates() == "")
        let differences = try referee.dump().books.differences(from: expected)
        #expect(differences.isEmpty, "\(name):\n\(differences.joined(separator: "\n"))")
    }

    private func take(_ root: TestRoot) throws {
        let taken = try root.run("once")
        #expect(taken.status == 0 || taken.status == 1, "\(taken.output)")
    }

    private func isAtRest(_ root: TestRoot) throws -> Bool {
        guard root.names("outbox/quickbooks").isEmpty else { return false }
        let text = try root.run("status", "--json").output
        let status = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        return ["failed", "held", "unanswered"].allSatisfy { (status[$0] as? [Any])?.isEmpty == true }
    }
}
