import Procore
import SyncLedger

/// What waits for a person's word, as `plumbline status` tells it.
struct ReviewStatus: Sendable {
    private var waiting: [WaitingReview] = []
    private var now: Int64 = 0
    /// How many wait in all.
    private var count = 0

    /// Nothing waits.
    init() {}

    /// Reads what waits.
    /// - Parameter listed: at most so many are told one by one.
    init(_ books: Books, now: Int64, listed: Int) throws {
        let all = try books.waitingReviews()
        count = all.count
        waiting = Array(all.prefix(listed))
        self.now = now
    }

    /// For scripts.
    var json: JSONValue {
        .array(
            waiting.map { review in
                .object([
                    ("document", .string(review.document.name)), ("page", .string(review.document.pageName)),
                    ("number", .number(String(review.document.sequence))),
                    ("requests", .number(String(review.requests))),
                    ("since", review.since.map { .string(WallClock.text($0)) } ?? .null),
                    ("age_seconds", review.since.map { .number(String(max(0, now - $0))) } ?? .null),
                ])
            })
    }

    /// For people.
    var lines: [String] {
        var lines = waiting.map { review in
            "Waits for approval: outbox/review/\(review.document.pageName), \(review.requests) "
                + (review.requests == 1 ? "request" : "requests")
                + (review.since.map { ", for \(Status.duration(max(0, now - $0)))" } ?? "")
                + "; plumbline approve \(review.document.sequence) sends it"
        }
        if count > waiting.count { lines.append("And \(count - waiting.count) more wait for approval.") }
        return lines
    }
}
