import Foundation
import Testing

/// `kill -9` at chance moments of the whole flow, restarted each time, ends in the same books as an undisturbed run.
@Suite struct KillTests {
    /// What leaves a root when files are dropped one after the other, and the process is or is not killed meanwhile.
    private func outcome(kills: Int) async throws -> (
        documents: [String: String], receipts: Int, status: String, killed: Int
    ) {
        let root = try TestRoot()
        defer { root.remove() }
        // All files are there from the start, so that both runs take them in the same order.
        for number in 0..<12 {
            try root.drop(Exports.vendors(number * 40..<number * 40 + 40), as: "procore/vendors-\(10 + number).json")
        }
        try root.drop("{\"broken\": ", as: "procore/zz-broken.json")
        try root.drop(Exports.costCodes(1...30), as: "procore/cost_codes.json")
        var killed = 0
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<kills {
            let process = try root.start()
            try await Task.sleep(for: .microseconds(Int.random(in: 5_000...120_000, using: &generator)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            if process.terminationReason == .uncaughtSignal { killed += 1 }
        }
        let last = try root.run("once")
        #expect(last.status == 0 || last.status == 1, "\(last.output)")
        var documents: [String: String] = [:]
        for folder in ["outbox/quickbooks", "outbox/procore"] {
            for name in root.names(folder) { documents["\(folder)/\(name)"] = root.text("\(folder)/\(name)") }
        }
        #expect(root.tree("outbox/quickbooks/.staging").isEmpty)
        #expect(root.tree("inbox/.claimed").isEmpty)
        #expect(root.names("inbox/procore").isEmpty)
        let lines = root.text("logs/results.log").split(separator: "\n")
        #expect(lines.count == 14, "a line for each file, once")
        return (documents, root.names("outbox/results").count, try root.run("status").output, killed)
    }

    @Test func aKilledRunEndsAsAnUndisturbedOne() async throws {
        let undisturbed = try await outcome(kills: 0)
        #expect(undisturbed.documents.count == 13)
        #expect(undisturbed.receipts == 14)
        for _ in 0..<3 {
            let disturbed = try await outcome(kills: 12)
            #expect(disturbed.killed == 12)
            #expect(disturbed.documents == undisturbed.documents)
            #expect(disturbed.receipts == undisturbed.receipts)
            #expect(disturbed.status == undisturbed.status)
        }
    }
}
