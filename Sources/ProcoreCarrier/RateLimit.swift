import Foundation
import NIOHTTP1

/// How long Procore wants not to be asked.
///
/// Source: Procore's developer documentation, "Rate Limiting": `X-Rate-Limit-Remaining` at 0 means to wait until
/// `X-Rate-Limit-Reset` (seconds since 1970); 429 means the same, and 503 brings `Retry-After`.
struct RateLimit {
    /// Nothing is sent before, seconds since 1970 by this machine's clock.
    private(set) var until: Int64 = 0
    /// The hourly limit is the longest there is.
    private static let longest: Int64 = 3_600

    /// Reads what an answer says of the limits.
    mutating func note(_ headers: HTTPHeaders, now: Int64) {
        guard let left = Self.number("X-Rate-Limit-Remaining", headers), left <= 0,
            let wait = Self.untilReset(headers, now: now)
        else { return }
        pause(wait, now: now)
    }

    /// Waits for so many seconds.
    mutating func pause(_ seconds: Int64, now: Int64) {
        until = max(until, now + min(max(seconds, 0), Self.longest))
    }

    /// How many seconds are still to be waited: never more than the longest, whatever became of the clock since.
    func wait(now: Int64) -> Int64 { until - now > Self.longest ? 0 : max(0, until - now) }

    /// How long an answer with 429 or 503 says to wait, in seconds; nil: it says nothing.
    static func wanted(_ headers: HTTPHeaders, status: Int, now: Int64) -> Int64? {
        let said = headers.first(name: "Retry-After").flatMap { text in
            seconds(text) ?? date(text).map { $0 - (date(headers.first(name: "Date") ?? "") ?? now) }
        }
        let reset = status == 429 ? untilReset(headers, now: now) : nil
        return [said, reset].compactMap { $0 }.max().map { min(max($0, 0), longest) }
    }

    /// The time of an answer by Procore's own clock, where it says so.
    static func serverTime(_ headers: HTTPHeaders) -> Int64? { headers.first(name: "Date").flatMap(date) }

    /// By the clock of whoever answered, since this machine's may be wrong.
    private static func untilReset(_ headers: HTTPHeaders, now: Int64) -> Int64? {
        number("X-Rate-Limit-Reset", headers).map { $0 - (serverTime(headers) ?? now) + 1 }
    }

    private static func number(_ name: String, _ headers: HTTPHeaders) -> Int64? {
        headers.first(name: name).flatMap(seconds)
    }

    /// A number that can be reckoned with: seconds of any year that there will be.
    private static func seconds(_ text: String) -> Int64? {
        Int64(text.trimmingCharacters(in: .whitespaces)).map { min(max($0, -(1 << 40)), 1 << 40) }
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`. Source: RFC 9110, section 5.6.7.
    private static func date(_ text: String) -> Int64? {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { Int64($0.timeIntervalSince1970) }
    }
}
