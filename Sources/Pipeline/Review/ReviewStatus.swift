import Converters
import Domain
import Procore
import SyncLedger

/// What waits for a person's word, as `plumbline status` tells it.
struct ReviewStatus: Sendable {
    /// One document, and what it asks for.
    private struct Waiting: Sendable {
        let review: WaitingReview
        let title: String
        let amount: Amount?
    }

    private var waiting: [Waiting] = []
    private var now: Int64 = 0
    /// How many wait in all.
    private var count = 0

    /// Nothing waits.
    init() {}

    /// Reads what waits.
    /// - Parameter books: the ledger.
    /// - Parameter settings: the root's.
    /// - Parameter now: in seconds since 1970.
    /// - Parameter listed: at most so many are told one by one.
    init(_ books: Books, _ settings: Settings, now: Int64, listed: Int) throws {
        let all = try books.waitingReviews()
        count = all.count
        waiting = try all.prefix(listed).map { review in
            let page = try ReviewPage(review, bytes: [], books, settings)
            return Waiting(review: review, title: page.title, amount: page.amount)
        }
        self.now = now
    }

    /// For scripts.
    var json: JSONValue {
        .array(
            waiting.map { each in
                let review = each.review
                return .object([
                    ("document", .string(review.document.name)), ("page", .string(review.document.pageName)),
                    ("number", .number(String(review.document.sequence))), ("title", .string(each.title)),
                    ("amount", each.amount.map { .string($0.money) } ?? .null),
                    ("requests", .number(String(review.requests))),
                    ("since", review.since.map { .string(WallClock.text($0)) } ?? .null),
                    ("age_seconds", review.since.map { .number(String(max(0, now - $0))) } ?? .null),
                ])
            })
    }

    /// For people.
    var lines: [String] {
        var lines = waiting.map { each in
            let number = each.review.document.sequence
            return "Waits for approval: outbox/review/\(each.review.document.pageName): \(each.title)"
                + (each.amount.map { ", \($0.inGroups)" } ?? "")
                + (each.review.since.map { ", for \(Status.duration(max(0, now - $0)))" } ?? "")
                + "; plumbline approve \(number) sends it"
        }
        if count > waiting.count { lines.append("And \(count - waiting.count) more wait for approval.") }
        return lines
    }
}
