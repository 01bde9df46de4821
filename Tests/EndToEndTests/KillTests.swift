import Foundation
import Testing

/// `kill -9` at chance moments of the whole flow, restarted each time, ends in the same books as an undisturbed run.
@Suite struct KillTests {
    /// What a root holds in the end.
    private struct Books: Equatable {
        /// Every document that left, by its path, byte for byte.
        var documents: [String: String] = [:]
        /// The lists of the company that answered, with every ListID.
        var company = ""
        var status = ""
        var receipts = 0
    }

    /// Runs the whole flow, both directions, everything dropped twice, with so many kills at each stage.
    private func books(kills: Int) async throws -> Books {
        let root = try TestRoot()
        defer { root.remove() }
        var books = Books()
        for round in 0..<2 {
            // All files are there before the process starts, so that every run takes them in the same order.
            for number in 0..<8 {
                let some = number * 30..<number * 30 + 30
                try root.drop(Exports.vendors(some), as: "procore/vendors-\(number).json")
            }
            try root.drop(Exports.costCodes(1...30), as: "procore/cost_codes.json")
            try root.drop(Exports.projects(1...20), as: "procore/projects.json")
            try root.drop("{\"broken\": ", as: "procore/zz-broken.json")
            try await settle(root, kills)
            try root.run("sandbox", "--once")
            try await settle(root, kills)
            #expect(root.tree("outbox/quickbooks/.staging").isEmpty)
            #expect(root.tree("outbox/procore/.staging").isEmpty)
            #expect(root.tree("inbox/.claimed").isEmpty)
            #expect(root.names("inbox/procore").isEmpty && root.names("inbox/quickbooks").isEmpty)
            // 11 exports and 11 answers the first time; 11 exports, and nothing to answer, the second.
            let lines = root.text("logs/results.log").split(separator: "\n")
            #expect(lines.count == (round == 0 ? 22 : 33), "a line for each file, once")
        }
        for folder in ["outbox/quickbooks/.collected", "outbox/quickbooks", "outbox/procore"] {
            for name in root.names(folder) { books.documents["\(folder)/\(name)"] = root.text("\(folder)/\(name)") }
        }
        books.company = try root.run("sandbox", "--list").output
        books.status = try root.run("status").output
        books.receipts = root.receipts.count
        return books
    }

    /// Starts and kills the daemon so many times, then takes what is left in peace.
    private func settle(_ root: TestRoot, _ kills: Int) async throws {
        for _ in 0..<kills {
            let process = try root.start()
            try await Task.sleep(for: .microseconds(Int.random(in: 10_000...90_000)))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(process.terminationReason == .uncaughtSignal)
        }
        let last = try root.run("once")
        #expect(last.status == 0 || last.status == 1, "\(last.output)")
    }

    @Test func aKilledRunEndsAsAnUndisturbedOne() async throws {
        let undisturbed = try await books(kills: 0)
        #expect(undisturbed.documents.count == 21, "11 documents to QuickBooks, 10 to Procore")
        #expect(undisturbed.receipts == 33)
        for _ in 0..<3 {
            let disturbed = try await books(kills: 10)
            #expect(disturbed.documents.keys.sorted() == undisturbed.documents.keys.sorted())
            for (name, content) in undisturbed.documents { #expect(disturbed.documents[name] == content, "\(name)") }
            #expect(disturbed.company == undisturbed.company)
            #expect(disturbed.status == undisturbed.status)
            #expect(disturbed.receipts == undisturbed.receipts)
        }
    }
}
