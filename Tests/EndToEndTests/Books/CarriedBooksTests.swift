import Foundation
import Testing

/// A contractor's whole books in random order, carried by sessions of the Web Connector over TLS: equal to those of the
/// same files whose documents and answers somebody carried by hand, down to every field and every link.
///
/// Needs ../shared with qbsim, and python3 with lxml; the clients of others need their modules from PyPI, in the python3
/// that `PLUMBLINE_PYTHON` names. What is absent is skipped, visibly.
@Suite(.serialized, .enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
struct CarriedBooksTests {
    private static let contractor = CompanyGenerator.contractor(seed: 20_261_129, projects: 1)

    private static let files: [ContractorExports.File] = {
        var random = SeededRandom(seed: 21)
        return random.shuffled(ContractorExports(contractor: contractor).files)
    }()

    /// What is left when everything is done.
    private struct Outcome {
        var books: Books
        var everything: [String]
        /// How many records are in which state, by entity.
        var records: [String: [String: Int]]
    }

    private static let byHand = Result { try outcome { _, referee in try referee.answer() } }

    /// Drops the files, a few at a time, with something of them carried now and then, and then all to the end.
    /// - Parameter carry: carries what waits, to QuickBooks and back.
    private static func outcome(
        _ carry: (TestRoot, SeededReferee) throws -> Void, atEnd: () throws -> Void = {}
    ) throws -> Outcome {
        let root = try TestRoot(CompanyGenerator.yaml)
        defer { root.remove() }
        let referee = try SeededReferee(root, edition: .us)
        for start in stride(from: 0, to: files.count, by: 6) {
            for file in files[start..<min(start + 6, files.count)] {
                let path = URL(fileURLWithPath: "\(root.path)/inbox/procore/\(file.name)")
                try FileManager.default.createDirectory(
                    at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
                try root.drop(file.text, as: "procore/\(file.name)")
            }
            try take(root)
            // Two drops of three go uncarried.
            guard start / 6 % 3 == 2 else { continue }
            try carry(root, referee)
            try take(root)
        }
        for _ in 0..<60 where !root.names("outbox/quickbooks").isEmpty {
            try carry(root, referee)
            try take(root)
        }
        try atEnd()
        #expect(root.names("outbox/quickbooks").isEmpty)
        #expect(try referee.duplicates() == "")
        let text = try root.run("status", "--json").output
        let status = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
        for key in ["failed", "held", "unanswered"] {
            let left = status[key] as? [Any]
            #expect(left?.isEmpty == true, "\(key): \(left ?? ["absent"])")
        }
        let dump = try referee.dump()
        return Outcome(
            books: dump.books, everything: dump.everything,
            records: status["records"] as? [String: [String: Int]] ?? [:])
    }

    private static func take(_ root: TestRoot) throws {
        let taken = try root.run("once")
        #expect(taken.status == 0, "\(taken.output)")
    }

    /// Plays everything with a client, and compares.
    /// - Returns: what its updates did.
    private func play(_ client: String, faults: [String] = []) throws -> [SessionCarrier.Update] {
        let byHand = try Self.byHand.get()
        var carrier: SessionCarrier?
        var updates: [SessionCarrier.Update] = []
        let carried = try Self.outcome { root, _ in
            let running = try carrier ?? SessionCarrier(client, root, faults: faults)
            carrier = running
            updates.append(try running.update())
        } atEnd: {
            let status = try carrier?.end()
            #expect(status == 0)
        }
        let other = Set(carried.everything).symmetricDifference(byHand.everything).sorted()
        #expect(carried.everything == byHand.everything, "\(client):\n\(other.prefix(10).joined(separator: "\n"))")
        #expect(carried.books == byHand.books, "\(client)")
        #expect(carried.records == byHand.records, "\(client)")
        return updates
    }

    /// Every session took something and ended as one that went well.
    private func expectWell(_ updates: [SessionCarrier.Update]) {
        #expect(updates.count > 5 && updates.reduce(0) { $0 + $1.documents } > 25)
        for update in updates {
            #expect(update.documents > 0 && update.killed == nil && update.error == "")
            #expect(update.percent?.last == 100)
            #expect(update.closed?.contains("answered; nothing waits") == true)
        }
    }

    @Test func whatIsCarriedByHandIsWhatTheExportsSay() throws {
        let differences = try Self.byHand.get().books.differences(
            from: ExpectedBooks(contractor: Self.contractor).books)
        #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
    }

    @Test func aConnectorInTheRealOrder() throws { expectWell(try play("connector")) }

    @Test(.enabled(if: SessionCarrier.has("zeep"), "needs python3 with zeep"))
    func zeep() throws { expectWell(try play("zeep")) }

    @Test(.enabled(if: SessionCarrier.has("suds"), "needs python3 with suds-community"))
    func suds() throws { expectWell(try play("suds")) }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/curl"), "curl is not here"))
    func curlThatAsksBeforeItSends() throws { expectWell(try play("curl")) }

    @Test(.enabled(if: SessionCarrier.has("qbwc_kit"), "needs python3 with qbwc-kit"))
    func qbwcKit() throws { expectWell(try play("qbwc")) }

    /// Nobody mends anything: the next session asks for what the last one lost.
    @Test func afterLostAnswersTheBooksAreTheSame() throws {
        let updates = try play(
            "connector",
            faults: [
                "match=VendorAdd,action=drop,times=1", "match=ItemServiceAdd,action=drop,times=1",
                "match=EstimateAdd,action=drop,times=1", "match=EstimateMod,action=drop,times=1",
                "match=PurchaseOrderAdd,action=drop,times=2,skip=1", "match=BillAdd,action=drop,times=2,skip=1",
                "match=BillPaymentCheckAdd,action=drop,times=1", "match=*,action=lose,times=3,skip=20",
                "match=PurchaseOrderMod,action=truncate,value=0.7,times=1",
                "match=BillAdd,action=truncate,value=0.5,times=1,skip=4",
            ])
        #expect(updates.filter { $0.killed == "after QuickBooks" }.count > 6)
        #expect(updates.filter { $0.killed == "before QuickBooks" }.count == 3)
        #expect(
            updates.filter { $0.percent?.last == -1 && $0.error?.contains("did not arrive whole") == true }.count == 2)
    }
}
