import Foundation
import Testing

/// The commands that mend, through the real program, against the sandbox.
struct MendingTests {
    private static let samples = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Samples").standardizedFileURL.path

    /// Takes and answers until nothing is left to answer.
    private func settle(_ root: TestRoot) throws {
        for _ in 0..<12 {
            try root.run("once")
            if root.names("outbox/quickbooks").isEmpty { return }
            try root.run("sandbox", "--once")
        }
        #expect(root.names("outbox/quickbooks").isEmpty, "the loop ends")
    }

    private func count(_ kind: String, _ root: TestRoot) throws -> Int {
        try root.run("sandbox", "--list").output.split(separator: "\n").filter { $0.hasPrefix("\(kind)\t") }.count
    }

    private func samples() throws -> TestRoot {
        let root = try TestRoot(String(contentsOfFile: Self.samples + "/plumbline.yaml", encoding: .utf8))
        try FileManager.default.removeItem(atPath: root.path + "/inbox/procore")
        try FileManager.default.copyItem(atPath: Self.samples + "/inbox", toPath: root.path + "/inbox/procore")
        return root
    }

    // MARK: - resend

    @Test func aLostAnswerIsGivenAgainFromQuickBooksMemory() throws {
        let root = try samples()
        defer { root.remove() }
        var lost: String?
        for _ in 0..<14 {
            try root.run("once")
            let bill = root.names("outbox/quickbooks").first { $0.hasSuffix("-requisitions.xml") }
            try root.run("sandbox", "--once")
            if lost == nil, let bill {
                lost = bill
                try FileManager.default.removeItem(
                    atPath: "\(root.path)/inbox/quickbooks/\(bill.dropLast(4)).response.xml")
            }
        }
        let name = try #require(lost)
        let status = try root.run("status").output
        #expect(status.contains("Unanswered: \(name), 1 requests, collected, for "), "\(status)")
        #expect(try count("Bill", root) == 1, "it was entered, and nobody here knows")

        let resent = try root.run("resend", "--unanswered")
        #expect(resent.status == 0, "\(resent.output)")
        let again = try #require(root.names("outbox/quickbooks").first)
        #expect(again != name && again.hasSuffix("-requisitions.xml"))
        #expect(
            root.text("outbox/quickbooks/\(again)") == root.text("outbox/quickbooks/.collected/\(name)"),
            "the same bytes, nothing added")
        // While that one stands in the outbox, nothing is to be sent once more.
        let early = try root.run("resend", try requestID(in: again, root))
        #expect(early.status == 1 && early.output.contains("has not been collected yet"), "\(early.output)")
        try settle(root)
        #expect(try count("Bill", root) == 1)
        #expect(try !root.run("status").output.contains("Unanswered"))
        let answered = try root.run("resend", try requestID(in: again, root, folder: ".collected/"))
        #expect(answered.status == 1 && answered.output.contains("was answered already"), "\(answered.output)")
    }

    private func requestID(in name: String, _ root: TestRoot, folder: String = "") throws -> String {
        let text = root.text("outbox/quickbooks/\(folder)\(name)")
        let start = try #require(text.range(of: "requestID=\""))
        return String(text[start.upperBound...].prefix { $0 != "\"" })
    }

    @Test func vendorsWhoseAnswerIsLostAreAskedForByName() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Exports.vendors(1...3), as: "procore/vendors.json")
        try root.run("once")
        try root.run("sandbox", "--once")
        let answer = try #require(root.names("inbox/quickbooks").first { $0.contains("vendors") })
        try FileManager.default.moveItem(
            atPath: "\(root.path)/inbox/quickbooks/\(answer)", toPath: "\(root.path)/late.xml")
        try root.run("once")
        #expect(try root.run("resend", "8089-vendors-401002-add-1").status == 0)
        let asked = try #require(root.requests.first)
        #expect(
            root.text("outbox/quickbooks/\(asked)").contains("<VendorQueryRq requestID=\"8089-vendors-401002-look-2\">")
        )
        try settle(root)
        let trace = try root.run("trace", "vendors/401002").output
        #expect(trace.contains("vendor 401002 (vendors/401002): linked"), "\(trace)")
        // The answer that was given up comes after all: the other two are linked by it, and nothing is added.
        try root.drop(String(contentsOfFile: root.path + "/late.xml", encoding: .utf8), as: "quickbooks/\(answer)")
        try settle(root)
        #expect(try root.run("status").output.contains("vendors: 3 linked"))
        #expect(try count("Vendor", root) == 3)
        #expect(try root.run("resend", "8089-vendors-9-add-1").status == 1, "there is no such request")
        #expect(try root.run("resend").status == 2, "nothing was named")
    }

    // MARK: - retry, link, unlink

    @Test func aRejectedFileIsTakenAgain() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop("{\"broken\": ", as: "procore/vendors.json")
        #expect(try root.run("once").status == 1)
        #expect(root.names("inbox/rejected/procore") == ["vendors.json", "vendors.json.problem.txt"])
        try Exports.vendors(1...1).write(
            toFile: root.path + "/inbox/rejected/procore/vendors.json", atomically: true, encoding: .utf8)
        #expect(try root.run("retry", "inbox/rejected/procore/vendors.json").status == 0)
        #expect(root.tree("inbox/rejected").isEmpty)
        #expect(try root.run("once").status == 0)
        #expect(root.requests.count == 1)
        #expect(try root.run("retry", "procore/none.json").status == 1)
        // All of them at once, copies of refused records among them.
        try root.drop("[", as: "procore/a.json")
        try root.drop("[{\"id\": 7, \"synced_to_erp\": false}]", as: "procore/b.json")
        #expect(try root.run("once").status == 1)
        #expect(try root.run("retry", "--rejected").status == 0)
        #expect(root.names("inbox/procore") == ["a.json", "b.json"])
        #expect(root.tree("inbox/rejected").isEmpty)
    }

    @Test func aTieIsMadeAndUndoneByHand() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Exports.vendors(1...2), as: "procore/vendors.json")
        try settle(root)
        let ids = try root.run("sandbox", "--list").output.split(separator: "\n").filter { $0.hasPrefix("Vendor\t") }
            .map { String($0.split(separator: "\t")[1]) }
        try #require(ids.count == 2)
        let taken = try root.run("link", "vendors", "401001", ids[1])
        #expect(taken.status == 1 && taken.output.contains("undo that first"), "\(taken.output)")
        #expect(try root.run("unlink", "vendors", "401001").status == 0)
        let other = try root.run("link", "vendors", "401001", ids[1])
        #expect(other.status == 1 && other.output.contains("is tied to vendor 401002 already"), "\(other.output)")
        // Dropping its file again ties it to what is still there, and adds nothing.
        try root.drop(Exports.vendors(1...1), as: "procore/vendors.json")
        try settle(root)
        #expect(try root.run("trace", ids[0]).output.contains("vendor 401001 (vendors/401001): linked"))
        #expect(try root.run("unlink", "vendors", "401001").status == 0)
        #expect(try root.run("link", "vendors", "401001", ids[0]).status == 0)
        try settle(root)
        #expect(try root.run("status").output.contains("vendors: 2 linked"))
        #expect(try count("Vendor", root) == 2)
        #expect(try root.run("link", "vendors", "9", ids[0]).status == 1, "not known here")
        #expect(try root.run("link", "vendors", "401001", "nonsense").status == 1)
        #expect(try root.run("unlink", "wbs_codes", "1").status == 1)
        #expect(try root.run("link", "vendors", "401001").status == 2, "half a tie")
    }

    // MARK: - trace

    @Test func undoSaysWhatItDoesNotTakeBack() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Exports.vendors(1...1), as: "procore/vendors.json")
        try root.run("once")
        let file = try root.run("undo", "vendors.json")
        #expect(file.status == 1, "\(file.output)")
        #expect(file.output.contains("QuickBooks deletes an element of a list only while nothing uses it"))
        let unknown = try root.run("undo", "requisitions/1", "--json")
        #expect(unknown.status == 1 && unknown.output.contains("is not known here"), "\(unknown.output)")
        #expect(try root.run("undo").status == 2)
    }

    @Test func aRecordIsTracedFromAnyOfItsNames() throws {
        let root = try samples()
        defer { root.remove() }
        try settle(root)
        let listed = try root.run("sandbox", "--list").output.split(separator: "\n")
        let order = try #require(listed.first { $0.hasPrefix("PurchaseOrder\t") }).split(separator: "\t")
        let full = try root.run("trace", "commitments/520001").output
        #expect(full.contains("commitment 520001 (commitments/520001): linked, QuickBooks PurchaseOrder \(order[1])"))
        #expect(full.contains("read: commitments.json"), "\(full)")
        #expect(full.contains("[outbox/quickbooks/") && full.contains("response.xml]"))
        for name in ["520001", String(order[1]), "2601-SC-01", "8089-commitments-520001-add-1"] {
            let found = try root.run("trace", name)
            #expect(found.status == 0 && found.output.contains("commitments/520001"), "\(name): \(found.output)")
        }
        let file = try root.run("trace", "commitments.json").output
        #expect(file.contains("accepted") && file.contains("commitment 520001"), "\(file)")
        let json = try root.run("trace", "2601-SC-01", "--json").output
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: [[String: Any]]]
        #expect(parsed?["records"]?.contains { $0["term"] as? String == "commitments/520001" } == true)
        #expect(try root.run("trace", "nobody").status == 1)
    }

    // MARK: - Beside the daemon

    @Test func theDaemonDoesWhatCommandsAsk() async throws {
        let root = try TestRoot()
        defer { root.remove() }
        let daemon = try root.start()
        try root.drop(Exports.vendors(1...2), as: "procore/vendors.json")
        #expect(try await root.wait { root.requests.count == 1 })
        let pulled = try root.run("pull", "vendors")
        #expect(pulled.status == 0, "\(pulled.output)")
        #expect(pulled.output.contains("outbox/quickbooks/") && pulled.output.contains("-vendors.xml"))
        #expect(root.requests.count == 2)
        let again = try root.run("pull", "vendors")
        #expect(again.status == 1 && again.output.contains("has not answered"), "\(again.output)")
        let once = try root.run("once")
        #expect(once.status == 2 && once.output.contains("process \(daemon.processIdentifier)"), "\(once.output)")
        daemon.terminate()
        daemon.waitUntilExit()
        #expect(daemon.terminationStatus == 0)
        #expect(try root.run("pull", "vendors").status == 1, "asked by this process, the same")
    }

    @Test func paymentsAreNotPulledInCanada() throws {
        let root = try TestRoot(TestRoot.yaml.replacing("quickbooks:\n", with: "quickbooks:\n  edition: ca\n"))
        defer { root.remove() }
        let refused = try root.run("pull", "payments", "--since", "2026-01-01")
        #expect(refused.status == 2 && refused.output.contains("US editions of QuickBooks only"), "\(refused.output)")
        #expect(root.names("outbox/quickbooks").isEmpty)
        #expect(try root.run("pull", "costs", "--since", "nonsense").status == 2)
        #expect(try root.run("pull", "costs", "--since", "2026-01-01").status == 0)
    }

    @Test func theDoctorSaysWhatIsWrong() throws {
        let root = try TestRoot()
        defer { root.remove() }
        #expect(try root.run("doctor").status == 1, "there are no folders for receipts and logs yet")
        try root.drop(Exports.vendors(1...1), as: "procore/vendors.json")
        try settle(root)
        let well = try root.run("doctor")
        #expect(well.status == 0 && well.output.contains("speaks qbXML up to"), "\(well.output)")
        try TestRoot.yaml.replacing("quickbooks:\n", with: "quickbooks:\n  edition: ca\n").write(
            toFile: root.path + "/plumbline.yaml", atomically: true, encoding: .utf8)
        let ill = try root.run("doctor")
        #expect(
            ill.status == 1 && ill.output.contains("Set quickbooks.edition in plumbline.yaml to us"), "\(ill.output)")
        try "company_id: x\nquickbok: 1\n".write(
            toFile: root.path + "/plumbline.yaml", atomically: true, encoding: .utf8)
        #expect(try root.run("doctor").output.contains("did you mean quickbooks?"))
    }
}
