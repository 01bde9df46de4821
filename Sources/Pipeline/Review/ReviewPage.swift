import Converters
import Domain
import Foundation
import Mustache
import SyncLedger

/// The page that shows a document in review to people: one static file without script or link.
struct ReviewPage {
    /// How many records a page shows one by one, and lines of each; documents hold 100 requests at the most.
    private static let mostLines = 500

    private let review: WaitingReview
    private let digest: String
    private let entries: [ReviewEntry]
    private let settings: Settings

    /// Reads what the document asks for from the ledger.
    init(_ review: WaitingReview, bytes: [UInt8], _ books: Books, _ settings: Settings) throws {
        self.review = review
        self.settings = settings
        digest = Digest(of: bytes).description
        let words = ReviewWords(books: books, settings: settings)
        entries = try books.openRequests(ofDocument: review.document.sequence).compactMap { request in
            try books.record(id: request.record).map { try words.entry(request, $0) }
        }
    }

    /// What a page has near its beginning, by which it is known whatever it is called: the digest of the document.
    static func mark(of bytes: [UInt8]) -> String { mark(Digest(of: bytes).description) }

    private static func mark(_ digest: String) -> String { "name=\"plumbline-document\" content=\"\(digest)\"" }

    /// The page.
    /// - Throws: what the template library says of the template.
    var html: [UInt8] {
        get throws {
            let template = try MustacheTemplate(string: ReviewTemplate.page)
            return Array(template.render(values).utf8)
        }
    }

    private var values: [String: Any] {
        let number = String(review.document.sequence)
        return [
            "mark": Self.mark(digest), "style": ReviewTemplate.style,
            "styleDigest": Data(Digest(of: ReviewTemplate.style.utf8).bytes).base64EncodedString(),
            "title": title, "number": number, "company": settings.companyFile.name ?? "company \(settings.companyID)",
            "since": review.since.map { ReviewTime.text($0, settings) } ?? "", "hasSince": review.since != nil,
            "document": review.document.name,
            "page": review.document.pageName, "hasMoney": hasMoney, "total": total.inGroups,
            "comes": entries.contains { $0.before != nil } ? "The change comes to" : "It comes to",
            "entries": entries.map { $0.values(atMost: Self.mostLines) },
            "sums": hasMoney ? sums : [],
        ]
    }

    private var hasMoney: Bool { entries.contains { $0.change != nil } }

    /// What the document changes by, in dollars.
    private var total: Amount { entries.compactMap(\.change).sum }

    /// The same; nil where there is no money in it.
    var amount: Amount? { hasMoney ? total : nil }

    /// What the document asks for, in a few words.
    var title: String {
        let kinds = Settings.Review.Kind.allCases.first { kind in
            review.document.entity.map { kind.entities.contains($0) } ?? false
        }
        let kind = kinds?.rawValue.replacing("_", with: " ") ?? review.document.subject
        let first = kind.prefix(1).uppercased() + kind.dropFirst()
        guard entries.count == 1, let only = entries.first else { return "\(first): \(entries.count) records" }
        return "\(only.heading)"
    }

    /// The money by vendor and by job.
    private var sums: [[String: Any]] {
        [("Vendor", \ReviewEntry.byVendor), ("Job", \ReviewEntry.byJob)].compactMap { label, part in
            var sums: [String: Amount] = [:]
            for entry in entries { for (name, amount) in entry[keyPath: part] { sums[name, default: .zero] += amount } }
            guard !sums.isEmpty else { return nil }
            return [
                "label": label,
                "rows": sums.sorted { $0.key < $1.key }.map { ["name": $0.key, "amount": $0.value.inGroups] },
            ]
        }
    }
}

/// One request as the page shows it.
struct ReviewEntry {
    /// One field; `before` is empty where it is new.
    struct Fact {
        var label: String
        var before: String
        var after: String
        var isChange = false
    }

    /// One line of a transaction.
    struct Line {
        /// `new`, `changed`, or empty for one that stays as it is.
        var mark: String
        var what: String
        var item: String
        var job: String
        var count: String
        var before: String
        var after: String
    }

    /// `Subcontractor invoice 1280646: a new bill`
    var heading: String
    var facts: [Fact] = []
    var lines: [Line] = []
    /// What QuickBooks has and would have; nil where there is no money in it.
    var before: Amount?
    var after: Amount?
    /// What comes or goes by it.
    var change: Amount?
    var byVendor: [(String, Amount)] = []
    var byJob: [(String, Amount)] = []
    /// The file that brought it.
    var source = ""

    /// What the template asks for.
    func values(atMost most: Int) -> [String: Any] {
        [
            "heading": heading, "source": source, "hasSource": !source.isEmpty,
            "facts": facts.map { fact in
                [
                    "label": fact.label, "before": fact.before, "after": fact.after, "isChange": fact.isChange,
                ] as [String: Any]
            },
            "hasLines": !lines.isEmpty,
            "lines": lines.prefix(most).map { line in
                [
                    "mark": line.mark, "isMarked": !line.mark.isEmpty, "what": line.what, "item": line.item,
                    "job": line.job, "count": line.count, "before": line.before, "hasBefore": !line.before.isEmpty,
                    "after": line.after,
                ] as [String: Any]
            },
            "isCut": lines.count > most, "more": String(max(0, lines.count - most)),
            "hasTotal": after != nil, "total": after?.inGroups ?? "", "hasTotalBefore": before != nil,
            "totalBefore": before?.inGroups ?? "",
        ]
    }
}

extension Amount {
    /// With two decimals and separators, for people: `-1,234,567.80`.
    var inGroups: String {
        let text = magnitude.money
        let whole = text.prefix { $0 != "." }
        var grouped = ""
        for (place, digit) in whole.enumerated() {
            if place > 0, (whole.count - place).isMultiple(of: 3) { grouped.append(",") }
            grouped.append(digit)
        }
        return (isNegative ? "-" : "") + grouped + text.dropFirst(whole.count)
    }
}
