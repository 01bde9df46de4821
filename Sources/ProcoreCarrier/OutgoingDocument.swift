import Domain
import Procore

/// A document of `outbox/procore`, as it has to be posted.
///
/// What may be repeated, by Procore's "Using Sync Actions": an update of a sync call is found by its `id`, else
/// by its `origin_id`, so that the same call again, once the first has ended, changes what it made and makes nothing twice. A `PATCH` of one record
/// sets the same fields again. A `POST` makes a record each time, and so does an update with neither id.
struct OutgoingDocument {
    let name: String
    let sequence: Int
    let method: String
    /// Path and query, as they stand in the document.
    let target: String
    let body: JSONRecord
    let isRepeatable: Bool
    /// Whether it may make a record: as long as it is not known whether the first call has ended, a second one could make
    /// another, since neither finds the other's.
    let makesRecords: Bool
    /// Of its bytes.
    let digest: String

    /// - Throws: a `Problem` where the file is no document of ours.
    init(name: String, _ bytes: [UInt8]) throws(Problem) {
        let document = ProcoreAnswer.object(bytes)
        let written = name.prefix { $0.isASCII && $0.isNumber }
        guard let request = try document?.record("request"), let method = try request.text("method"),
            ["POST", "PATCH", "PUT"].contains(method), let target = try request.text("path"),
            target.hasPrefix("/rest/"), target.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            let body = try request.record("body"), let sequence = Int(written),
            try document?.text("sequence") == String(sequence)
        else {
            throw Problem(
                record: name, what: "The file is none of the documents that Plumbline writes for Procore.",
                remedy: "Take it out of outbox/procore; nothing else is posted from there.")
        }
        self.name = name
        self.sequence = sequence
        self.method = method
        self.target = target
        self.body = body
        digest = Digest(of: bytes).hex(16)
        let updates = try body.records("updates")
        if let updates {
            var (isTold, isKnown) = (true, true)
            for update in updates where try update.text("id") == nil {
                isKnown = false
                if try update.text("origin_id") ?? "" == "" { isTold = false }
            }
            isRepeatable = method != "POST" && isTold
            makesRecords = method == "POST" || !isKnown
        } else {
            isRepeatable = method != "POST"
            makesRecords = method == "POST"
        }
    }

    /// The name of its answer in `inbox/procore`.
    var answerName: String {
        (name.hasSuffix(".json") ? String(name.dropLast(5)) : name) + ".response.json"
    }

    /// Documents of one lane are about the same records, so that a later one never overtakes an earlier one. A record that
    /// is made by a `POST` is in no other document before Procore answered.
    var lane: String { method == "POST" ? name : "\(method) \(target)" }

    /// Whether nothing in it could be asked after: it is posted once, and left to a person where that is unclear.
    var isUnaskable: Bool { !body.has("contract_payment") && !body.has("item") }

    var call: ProcoreClient.Call { .init(method: method, target: target, body: body.raw) }
}
