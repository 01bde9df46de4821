import Foundation
import Testing

/// What scripts can read, taken from the real program in roots where as much happens as one can bring about: the places
/// of every key, such as `problems[].record`. Keys that are data are written as in the reference: `entities.KIND.new`.
struct ReferenceOutputs {
    /// Of receipts.
    private(set) var receipt: Set<String> = []
    /// Of `status --json`.
    private(set) var status: Set<String> = []
    /// Of `trace --json`.
    private(set) var trace: Set<String> = []
    /// Of `doctor --json`.
    private(set) var doctor: Set<String> = []
    /// Of `convert --json --explain`, without those of the receipt in it.
    private(set) var convert: Set<String> = []
    /// Of `reconcile --json`.
    private(set) var totals: Set<String> = []
    /// Of the commands that mend.
    private(set) var mending: Set<String> = []
    /// Of documents in `outbox/procore`, without what stands in `request`, which is Procore's.
    private(set) var document: Set<String> = []
    /// Of `outbox/results/status.json`.
    private(set) var page: Set<String> = []
    /// Of `logs/plumbline.jsonl`, without those of receipts in it, by event.
    private(set) var events: [String: Set<String>] = [:]

    /// Lets it all happen.
    init() throws {
        try refusalsAndAnswers()
        try moreThanIsListed()
        try folderThatCannotBeUsed()
        try shareThatIsAway()
        try problemOfAnEarlierFile()
        try whatWaitsForApproval()
        try carrierThatMayNot()
    }

    private static let vendors = """
        [{"id": 401101, "name": "Alder Concrete LLC"}, {"id": 401102, "name": "Bay Paving"},
         {"id": 401103, "name": "Riverton Masonry and Structural Concrete of Colorado"},
         {"id": 401104, "name": "Old Mill Supply", "is_active": false}, {"id": 401105, "name": "Čapek Tiles"}]
        """
    /// A commitment whose vendor nobody has dropped.
    private static func commitment(_ id: Int) -> String {
        """
        {"id": \(id), "number": "SC-\(id)", "title": "Concrete", "status": "Approved", "accounting_method": "amount",
         "inclusions": "", "vendor": {"id": 9}, "project": {"id": 225906}, "line_items":
         [{"id": \(id), "amount": "10.0", "description": "x", "cost_code": {"id": 2, "full_code": "03"}}]}
        """
    }

    private mutating func refusalsAndAnswers() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.drop(Self.vendors, as: "procore/vendors.json")
        try root.drop(Self.commitment(1), as: "procore/commitments.json")
        let preview = try root.run("convert", Checkout.path + "/Samples/inbox/vendors.json", "--json", "--explain")
        convert = try Self.keys(Self.cut(preview.output)).filter { !$0.hasPrefix("receipt.") }
        try root.run("once")
        totals = try Self.keys(root.run("reconcile", "--json").output)
        try root.run("sandbox", "--once", "--fault", "match=VendorAdd,status=3000,times=1")
        try root.run("once")
        mending = try Self.keys(root.run("retry", "--failed", "--json").output)
        // One document is collected and not answered, another one waits.
        try root.run("sandbox", "--once", "--fault", "match=*,action=drop")
        try root.run("pull", "vendors")
        try root.run("unlink", "vendors", "401102")
        try look(at: root, trace: "401103", "vendors.json", "Alder")
    }

    private mutating func moreThanIsListed() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let many = 1...1_001
        func list(_ element: (Int) -> String) -> String { "[" + many.map(element).joined(separator: ",\n") + "]" }
        let long = String(repeating: "x", count: 41)
        try root.drop(list { #"{"id": \#($0), "name": "\#($0) \#(long)"}"# }, as: "procore/vendors-1.json")
        try root.drop(list { #"{"id": \#(10_000 + $0), "name": "Čapek \#($0)"}"# }, as: "procore/vendors-2.json")
        try root.drop(list(Self.commitment), as: "procore/commitments.json")
        try root.run("once")
        // One of them comes again, and so the receipt of all is written anew.
        let changed = Self.commitment(1).replacing("10.0", with: "11.0")
        try root.drop("[\(changed)]", as: "procore/commitments-2.json")
        try root.run("once")
        try look(at: root, trace: "Čapek")
    }

    private mutating func folderThatCannotBeUsed() throws {
        guard Unprivileged.isPossible else { return }
        let root = try Unprivileged.root()
        defer { root.remove() }
        try Unprivileged.drop(Self.vendors, as: "procore/a/vendors.json", in: root)
        try Unprivileged.allow(0o555, "inbox/procore/a", of: root)
        _ = try Unprivileged.run("once", root)
        try look(at: root)
        try Unprivileged.allow(0o755, "inbox/procore/a", of: root)
        _ = try Unprivileged.run("once", root)
        try look(at: root)
    }

    private mutating func shareThatIsAway() throws {
        let root = try TestRoot()
        defer { root.remove() }
        try root.run("once")
        try FileManager.default.removeItem(atPath: root.path + "/inbox/.plumbline")
        try look(at: root)
    }

    /// A case among the fixtures: an answer shows that what an earlier file asked for cannot be.
    private mutating func problemOfAnEarlierFile() throws {
        let root = try TestRoot()
        defer { root.remove() }
        let folder =
            Checkout.path + "/Tests/PipelineTests/Fixtures/change-order-to-purchase-order-lines/"
            + "an-order-found-closed-takes-no-change-order"
        for part in ["before", "input"] {
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(part)").sorted() {
                let text = try String(contentsOfFile: "\(folder)/\(part)/\(name)", encoding: .utf8)
                let place = name.hasSuffix(".xml") ? "quickbooks" : "procore"
                try root.drop(text, as: "\(place)/\(part == "before" ? String(name.dropFirst(2)) : name)")
                try root.run("once")
            }
        }
        try look(at: root)
    }

    /// One page decides, and what is no page does not.
    private mutating func whatWaitsForApproval() throws {
        let root = try TestRoot(TestRoot.yaml + "\nreview: all\n")
        defer { root.remove() }
        try root.drop(#"[{"id": 1, "name": "Alder"}]"#, as: "procore/vendors.json")
        try root.run("once")
        try root.drop(#"[{"id": 2, "name": "Birch"}]"#, as: "procore/vendors.json")
        try root.run("once")
        let review = root.path + "/outbox/review"
        let page = try #require(root.names("outbox/review").first { $0.hasSuffix(".html") })
        try FileManager.default.moveItem(atPath: "\(review)/\(page)", toPath: "\(review)/approved/\(page)")
        try "?".write(toFile: review + "/rejected/notes", atomically: true, encoding: .utf8)
        try root.run("once")
        mending.formUnion(try Self.keys(root.run("reject", "99", "--json").output))
        try look(at: root)
    }

    /// Procore has no such list, what stands in the outbox is no document, and then the login is refused.
    private mutating func carrierThatMayNot() throws {
        guard Tool.hasPython else { return }
        let fake = try ProcoreStandIn()
        let root = try TestRoot(
            TestRoot.yaml
                + "\nprocore: {base_url: \"\(fake.address)\", login_url: \"\(fake.address)\", fetch: [vendors]}\n")
        defer { root.remove() }
        try root.run("once")
        try "{}".write(toFile: root.path + "/outbox/procore/00000001-x.json", atomically: true, encoding: .utf8)
        let secret = root.path + "/procore.credentials"
        try "client_id=app\nclient_secret=pass word&1\n".write(toFile: secret, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        try root.run("procore", "--once")
        try fake.order("_set", #"{"refusal": "invalid_client"}"#)
        try root.run("procore", "--once")
        try FileManager.default.removeItem(atPath: root.path + "/outbox/procore/00000001-x.json")
        try look(at: root)
    }

    // MARK: - Looking

    private mutating func look(at root: TestRoot, trace terms: String...) throws {
        status.formUnion(try Self.keys(root.run("status", "--json").output))
        doctor.formUnion(try Self.keys(root.run("doctor", "--json").output))
        for term in terms { trace.formUnion(try Self.keys(root.run("trace", term, "--json").output)) }
        for name in root.receipts {
            receipt.formUnion(try Self.keys(root.text("outbox/results/\(name)")))
        }
        // A root that nobody could work in has none.
        let told = root.text("outbox/results/status.json")
        if !told.isEmpty { page.formUnion(try Self.keys(told)) }
        for name in root.names("outbox/procore") {
            let keys = try Self.keys(root.text("outbox/procore/\(name)"))
            document.formUnion(keys.filter { !$0.hasPrefix("request.body.") })
        }
        for line in root.text("logs/plumbline.jsonl").split(separator: "\n") {
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            let keys = try Self.keys(String(line)).filter { !$0.hasPrefix("receipt.") }
            events[object?["event"] as? String ?? "", default: []].formUnion(keys)
        }
    }

    /// The first JSON object that a command printed; what it says on standard error follows.
    private static func cut(_ text: String) -> String {
        text.range(of: "\n}").map { String(text[..<$0.upperBound]) } ?? text
    }

    /// Objects whose keys are data, and what the reference writes for these.
    private static let named = ["entities": "KIND", "records": "KIND", "files": "OUTCOME"]

    /// The places of all keys of a JSON text.
    static func keys(_ text: String) throws -> Set<String> {
        var found: Set<String> = []
        func walk(_ value: Any, _ place: String) {
            if let object = value as? [String: Any] {
                for (key, value) in object {
                    let inner = (place.isEmpty ? "" : place + ".") + (named[place] ?? key)
                    found.insert(inner)
                    walk(value, inner)
                }
            } else if let list = value as? [Any] {
                for value in list { walk(value, place + "[]") }
            }
        }
        walk(try JSONSerialization.jsonObject(with: Data(text.utf8)), "")
        return found
    }
}
