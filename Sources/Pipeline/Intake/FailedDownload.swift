import Domain
import Foundation
import Procore
import SyncLedger

/// What was saved in place of an export because fetching it failed, told as what it is.
enum FailedDownload {
    /// Why it failed, as far as that decides what to do.
    private enum Reason {
        case login, permission, absent, tooOften, unwell, other

        /// By the HTTP status; where none is named, by the words.
        init(status: Int?, said: String) {
            switch status {
            case 401?: self = .login
            case 403?: self = .permission
            case 404?, 410?: self = .absent
            case 429?: self = .tooOften
            case let status? where status >= 500: self = .unwell
            case .some: self = .other
            case nil:
                let said = said.lowercased()
                self = Self.words.first { $0.words.contains(where: said.contains) }?.reason ?? .other
            }
        }

        private static let words: [(reason: Reason, words: [String])] = [
            (.tooOften, ["too many", "rate limit", "rate-limit", "throttl", "surpassed", "retry later"]),
            (
                .login,
                [
                    "unauthorized", "unauthorised", "invalid_token", "invalid_grant", "invalid_client", "invalid token",
                    "expired", "log in", "login", "log into", "sign in", "not authenticated", "unauthenticated",
                ]
            ),
            (.permission, ["forbidden", "permission", "not authorized", "not allowed", "access denied"]),
            (.absent, ["not found", "not_found", "does not exist", "doesn't exist"]),
            (
                .unwell,
                [
                    "internal server error", "bad gateway", "unavailable", "gateway time", "timeout", "timed out",
                    "maintenance", "something went wrong",
                ]
            ),
        ]

        var why: String {
            switch self {
            case .login: "whoever asked was not logged in to Procore, or the login has run out"
            case .permission: "the account that fetched it may not read this in Procore"
            case .absent: "Procore does not have what was asked for, or hides it from the account that asked"
            case .tooOften: "Procore was asked too often in a short time"
            case .unwell: "Procore itself failed at that moment"
            case .other: "fetching the export failed"
            }
        }

        /// What whoever runs the download has to do before it is tried again.
        var remedy: String {
            switch self {
            case .login: "logs in to Procore again"
            case .permission:
                "has a Procore administrator give that account the permission, and the app access to the company"
            case .absent: "checks the company, the project and the address that it asks for"
            case .tooOften: "waits until Procore answers again, has it ask more slowly from then on"
            case .unwell: "waits a while"
            case .other: "looks into it, and puts right what the answer says"
            }
        }
    }

    /// An error answer of Procore's, saved in place of an export.
    static func problem(of body: ErrorBody) -> Problem {
        let reason = Reason(status: body.status, said: body.said)
        return Problem(
            what: "This is an error answer of Procore\(words(body)), not an export: \(reason.why).",
            remedy: "Whoever runs the download \(reason.remedy), fetches the export again, and drops the new file.")
    }

    /// An error answer of Procore's to a document of ours, where the call failed before Procore read what was sent.
    /// - Returns: nil where Procore refused what was sent.
    static func problem(of json: JSONRecord, answering document: LedgerDocument) -> Problem? {
        guard let body = ErrorBody(json) else { return nil }
        let reason = Reason(status: body.status, said: body.said)
        // What is said field by field is about what was sent, whatever its words.
        let isByField = ((try? json.record("errors")) ?? nil) != nil
        guard body.status == nil ? reason != .other && !isByField : reason != .other else { return nil }
        let remedy =
            reason == .unwell
            ? "looks in Procore whether what the document says is there all the same, and posts the document again only if "
                + "it is not: posted twice, a payment would be there twice."
            : "\(reason.remedy), and posts that document again."
        let why = reason == .permission ? "the account that posted it may not do this in Procore" : reason.why
        return Problem(
            what: "This is an error answer of Procore's\(words(body)) to the document \(document.name): \(why).",
            remedy: "Whoever posts the documents \(remedy)")
    }

    private static func words(_ body: ErrorBody) -> String {
        let words = [body.status.map(String.init), quoted(body.said)].compactMap { $0 }.joined(separator: ", ")
        return words.isEmpty ? "" : " (\(words))"
    }

    /// A web page.
    /// - Parameter head: its first bytes.
    static func problem(ofPage head: [UInt8]) -> Problem {
        // What it is has to be told even where its bytes are no text.
        let text = try? TextSource(MemorySource(head)).start(atMost: head.count * 3)
        let page = String(decoding: text ?? TextSource.beginning(of: head), as: UTF8.self)
        let title = Self.title(of: page)
        let status = title.split { !($0.isASCII && $0.isNumber) }.compactMap { $0.count == 3 ? Int($0) : nil }
            .first { (400..<600).contains($0) }
        var reason = Reason(status: status, said: title)
        let asksPassword =
            page.lowercased().contains("type=\"password\"") || page.lowercased().contains("type='password'")
        if reason == .other, asksPassword { reason = .login }
        let shown = quoted(title).map { ", \($0)" } ?? ""
        let kind = reason == .login ? "a web page to log in with" : "a web page"
        return Problem(
            what: "This is \(kind) (HTML\(shown)), neither an export of Procore's nor a response of QuickBooks': "
                + (reason == .other ? "something else was fetched than was wanted." : "\(reason.why)."),
            remedy: "Whoever runs the download \(reason.remedy), fetches the file again, and drops the new one.")
    }

    private static func title(of page: String) -> String {
        for (opening, closing) in [("<title", "</title"), ("<h1", "</h1")] {
            guard let start = page.range(of: opening, options: .caseInsensitive)?.upperBound,
                let inside = page[start...].firstIndex(of: ">"),
                let end = page[inside...].range(of: closing, options: .caseInsensitive)?.lowerBound
            else { continue }
            let title = page[page.index(after: inside)..<end].split(whereSeparator: \.isWhitespace)
            if !title.isEmpty { return title.joined(separator: " ") }
        }
        return ""
    }

    /// The words of others, on one line, short, in quotes; nil where there are none.
    private static func quoted(_ said: String) -> String? {
        let words = said.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !words.isEmpty else { return nil }
        return "\"\(words.prefix(200))\(words.count > 200 ? "…" : "")\""
    }
}
