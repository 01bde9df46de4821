import Foundation
import Testing

/// What can be done with the share alone: commands as files, and a pause.
@Suite struct ShareCommandTests {
    /// A vendor that QuickBooks could not save.
    private func withFailedVendor(_ yaml: String = TestRoot.yaml, _ body: (TestRoot) throws -> Void) throws {
        let root = try TestRoot(yaml)
        defer { root.remove() }
        try root.drop(Exports.vendors(1...1), as: "procore/vendors.json")
        try root.run("once")
        let name = try #require(root.requests.first)
        try FileManager.default.removeItem(atPath: "\(root.path)/outbox/quickbooks/\(name)")
        try root.drop(
            """
            <?xml version="1.0" ?><QBXML><QBXMLMsgsRs><VendorAddRs requestID="8089-vendors-401001-add-1" \
            statusCode="3180" statusSeverity="Error" statusMessage="It could not be saved." /></QBXMLMsgsRs></QBXML>
            """, as: "quickbooks/\(name.dropLast(4)).response.xml")
        try root.run("once")
        #expect(try root.run("status").output.contains("Failed: vendor 401001"))
        try body(root)
    }

    // MARK: - retry.txt, resend.txt, link.csv

    @Test(arguments: ["failed", "vendors/401001\r\n"]) func aFileGivesARecordAnotherAttempt(line: String) throws {
        try withFailedVendor { root in
            try root.drop(line, as: "retry.txt")
            #expect(try root.run("once").status == 0)
            #expect(root.requests.count == 1, "it is asked for again")
            #expect(root.receipt("retry.txt").contains("gets another attempt"))
            #expect(root.tree("inbox/processed").contains { $0.hasSuffix("/retry.txt") }, "it is taken as any drop is")
            try root.run("once")
            #expect(root.requests.count == 1, "once")
        }
    }

    @Test func aRejectedFileIsTakenBackByItsName() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop("neither this nor that", as: "procore/odd.txt")
        try root.run("once")
        #expect(root.tree("inbox/rejected").contains("procore/odd.txt"))
        try root.drop("odd.txt\nnothing.json\n", as: "Retry.txt")
        try root.run("once")
        let said = root.receipt("Retry.txt")
        #expect(said.contains("procore/odd.txt stands in inbox/procore/odd.txt again."), "\(said)")
        #expect(said.contains("nothing.json names no record"), "\(said)")
    }

    @Test func requestsAreAskedAfter() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Exports.vendors(1...1), as: "procore/vendors.json")
        try root.run("once")
        for name in root.names("outbox/quickbooks") {
            try FileManager.default.removeItem(atPath: "\(root.path)/outbox/quickbooks/\(name)")
        }
        try root.drop("unanswered", as: "resend.txt")
        try root.run("once")
        #expect(root.requests.contains { root.text("outbox/quickbooks/\($0)").contains("<VendorQueryRq ") })
    }

    @Test func aTableOfSomethingElseIsNoCommand() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop("Code,Description\n03-300,Concrete\n", as: "link.csv")
        #expect(try root.run("once").status == 1)
        #expect(root.receipt("link.csv").contains("link.csv is no table of suggestions"))
        // In a folder it is an export like any other.
        try root.drop("Code,Description\n03-300,Concrete\n", as: "procore/link.csv")
        #expect(try root.run("once").status == 0)
        #expect(root.requests.count == 1)
    }

    @Test func whatIsTurnedOffIsRefusedInWords() throws {
        try withFailedVendor(TestRoot.yaml + "\nshare_commands: [link]\n") { root in
            try root.drop("failed", as: "retry.txt")
            #expect(try root.run("once").status == 1)
            #expect(root.receipt("retry.txt").contains("commands by file are turned off"))
            #expect(root.requests.isEmpty)
        }
    }

    // MARK: - Pause

    @Test func aPauseHoldsWhatWouldBeSentAndNothingElse() throws {
        let root = try TestRoot()
        defer { root.remove() }
        #expect(try root.run("pause").status == 0)
        try root.drop(Exports.vendors(1...3), as: "procore/vendors.json")
        #expect(try root.run("once").status == 0)
        #expect(root.names("outbox/quickbooks").isEmpty, "not even the question what company is open")
        #expect(root.receipt("vendors.json").contains("\"held\": 3"))
        let status = try root.run("status").output
        #expect(status.contains("Paused: Sending is paused since ") && status.contains("vendors: 3 held"), "\(status)")
        #expect(try root.run("pull", "vendors").status == 1, "a question is sent as well")
        let resumed = try root.run("resume")
        #expect(resumed.output.contains("Sending goes on"), "\(resumed.output)")
        #expect(root.requests.count == 1, "the three vendors")
        #expect(try root.run("resume").output.contains("Sending is not paused."))
    }

    @Test func aFileInTheInboxPausesForAsLongAsItStandsThere() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        let file = root.path + "/inbox/PAUSE.txt"
        try "".write(toFile: file, atomically: false, encoding: .utf8)
        let daemon = try root.start()
        defer { daemon.terminate() }
        try root.drop(Exports.vendors(1...3), as: "procore/vendors.json")
        #expect(try await root.wait { root.receipt("vendors.json").contains("\"held\": 3") })
        #expect(root.names("outbox/quickbooks").isEmpty)
        #expect(FileManager.default.fileExists(atPath: file), "it is nobody's drop")
        // A pause by command outlives the file, and the other way round.
        #expect(try root.run("pause").status == 0)
        let both = try root.run("resume")
        #expect(both.status == 1 && both.output.contains("Remove that file to go on."), "\(both.output)")
        try FileManager.default.removeItem(atPath: file)
        #expect(try await root.wait { root.requests.count == 1 })
    }
}
