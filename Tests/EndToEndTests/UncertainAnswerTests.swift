import Foundation
import Testing

/// Answers that leave open whether something was entered: it was, each time, and must not be entered again.
///
/// The whole way from budget to payment, against the sandbox; one answer is spoilt. Needs python3 to let time pass.
@Suite(.enabled(if: Tool.hasPython, "needs python3"))
struct UncertainAnswerTests {
    enum Spoilt: String, CaseIterable {
        /// Status 1000: QuickBooks cannot say.
        case internalError
        /// Done, and nothing is shown.
        case nothingShown
        /// From QuickBooks' memory: an id and no lines.
        case recovery
        /// The whole document refused after it was carried out.
        case refusedWhole
    }

    static let requests = ["EstimateAdd", "PurchaseOrderAdd", "PurchaseOrderMod", "BillAdd", "BillPaymentCheckAdd"]

    @Test(arguments: requests, Spoilt.allCases)
    func nothingIsEnteredTwice(_ request: String, _ spoilt: Spoilt) throws {
        let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Samples").standardizedFileURL.path
        let root = try TestRoot(String(contentsOfFile: samples + "/plumbline.yaml", encoding: .utf8))
        defer { root.remove() }
        try FileManager.default.removeItem(atPath: root.path + "/inbox/procore")
        try FileManager.default.copyItem(atPath: samples + "/inbox", toPath: root.path + "/inbox/procore")
        var isSpoilt = false
        var quietRounds = 0
        // Until nothing is sent although the time of all that was put off has come.
        for _ in 0..<20 where quietRounds < 2 {
            try root.run("once")
            let sent = root.names("outbox/quickbooks")
            quietRounds = sent.isEmpty ? quietRounds + 1 : 0
            guard !sent.isEmpty else {
                try comeTheTime(root)
                continue
            }
            let carriers = sent.filter { root.text("outbox/quickbooks/\($0)").contains("<\(request)Rq ") }
            try root.run("sandbox", "--once")
            if !isSpoilt, let carrier = carriers.first {
                isSpoilt = true
                try spoil(String(carrier.dropLast(4)), request, spoilt, root)
            }
        }
        #expect(quietRounds == 2, "it became quiet")
        #expect(isSpoilt, "\(request) was sent")
        let books = try root.run("sandbox", "--list").output.split(separator: "\n").map {
            String($0.prefix { $0 != "\t" })
        }
        for kind in ["Estimate", "PurchaseOrder", "Bill", "BillPaymentCheck"] {
            #expect(books.filter { $0 == kind }.count == 1, "\(kind) of \(books)")
        }
        let status = try root.run("status").output
        #expect(!status.contains("Held:") && !status.contains("Failed:") && !status.contains("Unanswered"), "\(status)")
        // The order has its two lines and the two of its change order, once each.
        let last = try FileManager.default.contentsOfDirectory(atPath: root.path + "/outbox/quickbooks/.collected")
            .filter { $0.contains("commitment_change_orders") || $0.contains("commitments") }
        let added = last.map { root.text("outbox/quickbooks/.collected/\($0)") }
            .filter { $0.contains("<TxnLineID>-1</TxnLineID>") }
        #expect(added.count == 1, "the change order was sent once")
    }

    /// Lets the time come at which what was put off is sent again.
    private func comeTheTime(_ root: TestRoot) throws {
        _ = try Tool.run(
            "/usr/bin/env",
            [
                "python3", "-c",
                "import sqlite3,sys;d=sqlite3.connect(sys.argv[1]);"
                    + "d.execute('UPDATE record SET due=1 WHERE due IS NOT NULL');d.commit()",
                root.path + "/plumbline.sqlite",
            ])
    }

    /// Puts another answer in the place of the right one.
    private func spoil(_ stem: String, _ request: String, _ spoilt: Spoilt, _ root: TestRoot) throws {
        let path = "\(root.path)/inbox/quickbooks/\(stem).response.xml"
        let answer = try String(contentsOfFile: path, encoding: .utf8)
        let start = try #require(answer.range(of: "<\(request)Rs "))
        let tag = try #require(answer[start.lowerBound...].firstIndex(of: ">"))
        let end = try #require(answer.range(of: "</\(request)Rs>"))
        let before = answer[..<start.lowerBound]
        let head = answer[start.lowerBound..<tag]
        let after = answer[end.upperBound...]
        func field(_ name: String) throws -> String {
            let open = try #require(answer.range(of: "<\(name)>"))
            let close = try #require(answer.range(of: "</\(name)>"))
            return String(answer[open.upperBound..<close.lowerBound])
        }
        switch spoilt {
        case .internalError:
            let refused = head.replacing("statusCode=\"0\"", with: "statusCode=\"1000\"")
                .replacing("statusSeverity=\"Info\"", with: "statusSeverity=\"Error\"")
            try "\(before)\(refused) />\(after)".write(toFile: path, atomically: true, encoding: .utf8)
        case .nothingShown:
            try "\(before)\(head) />\(after)".write(toFile: path, atomically: true, encoding: .utf8)
        case .recovery:
            let recovered =
                "<ErrorRecovery><TxnID>\(try field("TxnID"))</TxnID><TxnNumber>1</TxnNumber>"
                + "<EditSequence>\(try field("EditSequence"))</EditSequence></ErrorRecovery>"
            try "\(before)\(head)>\(recovered)</\(request)Rs>\(after)"
                .write(toFile: path, atomically: true, encoding: .utf8)
        case .refusedWhole:
            try FileManager.default.removeItem(atPath: path)
            try root.drop("hresult=0x80040402\nmessage=unexpected error\n", as: "quickbooks/\(stem).error.txt")
        }
    }
}
