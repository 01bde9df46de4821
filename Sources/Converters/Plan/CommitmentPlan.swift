import Domain
import Procore
import QBXML

/// The two tables of a commitment made ready to be run over the bytes of records, for the document that adds its order.
///
/// It does what `Commitment.read`, `CommitmentToPurchaseOrder.convert` and `AddDraft` do, and leaves to them whatever it does
/// not see at once: a commitment that is left out, refused, tied, or changed on the way with a note is not for it. Tidy texts
/// are taken as they stand, without making a `String` of them. A property test holds the plan and the converter together,
/// byte for byte.
///
/// It is made once, and each record only points to it.
final class CommitmentPlan: Sendable {
    /// One element of the order: what stands around its value, and ahead of it in the content.
    struct Slot: Sendable {
        let path: [UInt8]
        let open: [UInt8]
        let close: [UInt8]

        init(_ target: String, isReference: Bool = false) {
            path = isReference ? Content.start(ofReference: target) : Content.start(ofText: target)
            let names = target.split(separator: "/")
            var writer = XMLWriter()
            for name in names { writer.open(name) }
            open = writer.bytes
            writer = XMLWriter()
            for name in names.reversed() { writer.close(name) }
            close = writer.bytes
        }
    }

    /// The elements of the order itself.
    struct Header: Sendable {
        let vendor = Slot("VendorRef/ListID", isReference: true)
        let date = Slot("TxnDate")
        let number = Slot("RefNumber")
        let expected = Slot("ExpectedDate")
        let memo = Slot("Memo")
        let message = Slot("VendorMsg")
    }

    /// The elements of a line.
    struct Line: Sendable {
        let item = Slot("ItemRef/ListID", isReference: true)
        let description = Slot("Desc")
        let quantity = Slot("Quantity")
        let rate = Slot("Rate")
        let job = Slot("CustomerRef/ListID", isReference: true)
    }

    /// The fragments' paths, as the sync ledger has them.
    struct Paths: Sendable {
        let header: [[UInt8]]
        let line: [[UInt8]]
        let vendor = Content.start(ofText: "vendor.id")
        let project = Content.start(ofText: "project.id")
        let currency = Content.start(ofText: "currency_configuration.currency_iso_code")
        let type = Content.start(ofText: "contract_type")
        let hasLines = Content.start(ofText: "has_lines")
        let code = Content.start(ofText: "cost_code")
        let amount = Content.start(ofText: "amount")
        let hasLine = Content.start(ofText: "has_commitment_line_item_id")

        init(_ layout: CommitmentLayout) {
            header = layout.header.names.map { Content.start(ofText: $0) }
            line = layout.line.names.map { Content.start(ofText: $0) }
        }
    }

    let layout: CommitmentLayout
    let paths: Paths
    let header = Header()
    let line = Line()
    let object = TransactionObject.purchaseOrder

    /// - Returns: nil where the tables are others than those that it knows.
    init?() {
        guard let layout = CommitmentLayout(), Self.knowsTables else { return nil }
        self.layout = layout
        paths = Paths(layout)
    }

    /// The plan of the tables as they are.
    static let current = CommitmentPlan()

    /// Whether each row of the tables is one that is written here.
    private static var knowsTables: Bool {
        let header = CommitmentToPurchaseOrder.header.map {
            Known($0.target, $0.rule, isReference: $0.reference != nil)
        }
        let line = OrderLine.rows.map { Known($0.target, $0.rule, isReference: $0.reference != nil) }
        return header
            == [
                Known("VendorRef/ListID", .atMost(36), isReference: true), Known("TxnDate", .date),
                Known("RefNumber", .number(11)),
            ] + (1...5).map { Known("ShipAddress/Addr\($0)", .addressLine($0, of: 5)) } + [
                Known("ExpectedDate", .date), Known("Memo", .text(4095)), Known("VendorMsg", .plainText(99)),
            ]
            && line == [
                Known("ItemRef/ListID", .atMost(36), isReference: true), Known("Desc", .text(4095)),
                Known("Quantity", .quantity), Known("Rate", .quantity),
                Known("CustomerRef/ListID", .atMost(36), isReference: true),
            ]
    }

    private struct Known: Equatable {
        let target: String
        let rule: Rule
        let isReference: Bool

        init(_ target: String, _ rule: Rule, isReference: Bool = false) {
            (self.target, self.rule, self.isReference) = (target, rule, isReference)
        }
    }
}

/// What the plan makes of a commitment: what is remembered of it, and the document that adds its order.
public struct PlannedCommitment: Sendable {
    /// Procore's id.
    public let id: String
    /// Which kind of contract it is; nil where it does not say.
    public let type: String?
    /// Procore's id of its project.
    public let project: String
    /// Where its number stands in QuickBooks, as `CommitmentToPurchaseOrder.numberKey` says it.
    public let nameKey: String
    /// What it comes to, which is what it states.
    public let total: Amount
    /// `updated_at`
    public let updatedAt: Timestamp?
    /// What Procore says of it, as the sync ledger keeps it.
    public let header: [UInt8]
    /// The same of its lines.
    public let lines: [UInt8]
    /// What it should be in QuickBooks, as the sync ledger keeps it.
    public let wanted: [UInt8]
    /// The codes that its lines show with Procore's ids.
    public let codes: [SeenCode]
    /// The document.
    public let draft: AddDraft
    /// The request in it.
    public let request: RequestNames
}

/// The names of a request that travels alone.
public struct RequestNames: Sendable {
    /// What QuickBooks echoes.
    public let requestID: String
    /// The id of the set that it travels in.
    public let messageSet: String

    /// These names.
    public init(requestID: String, messageSet: String) {
        self.requestID = requestID
        self.messageSet = messageSet
    }
}

/// The plan, with what one root's configuration says to it.
public struct BoundCommitmentPlan: Sendable {
    private let plan: CommitmentPlan
    private let terms: CommitmentTerms
    private let names: @Sendable (_ id: String) -> RequestNames?

    /// The plan of commitments; nil where there is none, or every field has to be explained.
    /// - Parameters:
    ///   - settings: of the root.
    ///   - names: the names of the request that adds the commitment of an id; nil: it is for the converter.
    ///   - set: the message set around the body of a request.
    public init?(
        _ settings: Settings, names: @escaping @Sendable (_ id: String) -> RequestNames?,
        set: (_ names: RequestNames, _ body: [UInt8]) -> MessageSet
    ) {
        guard !settings.explains, let plan = CommitmentPlan.current, let terms = CommitmentTerms(settings, plan, set)
        else { return nil }
        self.plan = plan
        self.terms = terms
        self.names = names
    }

    /// Converts a commitment that nothing is known of.
    /// - Returns: nil where more has to be looked at, or something is wrong with it: then it is for the converter.
    public func convert(_ json: JSONRecord) -> PlannedCommitment? {
        var planned: PlannedCommitment?
        json.withFields(plan.layout.header) { found in
            guard let id = found.id(CommitmentLayout.Header.id) else { return }
            let key = found.text(id)
            guard let names = names(key) else { return }
            var run = CommitmentRun(plan, terms, found, names, id: id)
            guard run.takeHeader(), run.takeLines(), run.agrees() else { return }
            planned = run.planned(key)
        }
        return planned
    }
}

/// What one root's configuration says to the plan; each record only points to it.
final class CommitmentTerms: Sendable {
    let settings: Settings
    /// The statuses in which commitments go to QuickBooks, in small letters.
    let statuses: [[UInt8]]
    let currency: [UInt8]
    let guids: NameBasedGUIDs
    /// The document around the body: ahead of the set's id, between that and the request's, behind that, and the end.
    let around: [[UInt8]]

    init?(_ settings: Settings, _ plan: CommitmentPlan, _ set: (RequestNames, [UInt8]) -> MessageSet) {
        let isPlain = settings.namespace.utf8.allSatisfy { byte in
            byte | 0x20 &- 0x61 < 26 || byte &- 0x30 < 10 || [0x2d, 0x2e, 0x5f].contains(byte)
        }
        let marks = (set: "@SET@", request: "@REQUEST@", body: "@BODY@")
        let sample = set(RequestNames(requestID: marks.request, messageSet: marks.set), Array(marks.body.utf8))
            .rendered()
        guard isPlain, let around = Self.split(sample, by: [marks.set, marks.request, marks.body]) else { return nil }
        self.around = around
        self.settings = settings
        statuses = settings.statuses.commitments.map { Array($0.lowercased().utf8) }
        currency = Array(settings.homeCurrency.utf8)
        guids = NameBasedGUIDs(prefix: "\(settings.namespace)/\(Entity.commitments.rawValue)/")
    }

    /// The pieces between some marks, each of which has to stand there, in this order.
    private static func split(_ bytes: [UInt8], by marks: [String]) -> [[UInt8]]? {
        var pieces: [[UInt8]] = []
        var rest = String(decoding: bytes, as: UTF8.self)[...]
        for mark in marks {
            guard let place = rest.firstRange(of: mark) else { return nil }
            pieces.append(Array(rest[..<place.lowerBound].utf8))
            rest = rest[place.upperBound...]
        }
        return pieces + [Array(rest.utf8)]
    }
}
