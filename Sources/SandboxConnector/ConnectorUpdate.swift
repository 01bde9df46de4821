import Domain
import Sandbox
import WebConnector

/// How an update ended.
public enum ConnectorOutcome: Sendable, Hashable {
    /// Everything that was handed out was answered, or there was nothing to do.
    case done
    /// It ended with an error, or broke off; what it was is said.
    case failed
}

/// The server did not let us in: there is no use in trying again.
struct LoginRefused: Error {
    let problem: Problem
}

/// One update of the Web Connector, call by call, in the order that was seen on the wire.
///
/// `serverVersion`, `clientVersion`, `authenticate`; Host, Company and Preferences out of QuickBooks; `sendRequestXML` and
/// `receiveResponseXML` in turn; `closeConnection`. An empty document leads to `getLastError`, a negative number to
/// `getLastError` and the end, 100 to the end. Where the connection breaks, `sendRequestXML` and `receiveResponseXML` are
/// called once more.
/// - Sources: Intuit, "QuickBooks Web Connector Programmer's Guide", chapters 2, 5 and 10; logs of the real one
///   (jsgoupil/quickbooks-sync#62, johnballantyne/qbws#10).
struct ConnectorUpdate {
    let login: ConnectorLogin
    let desk: ConnectorDesk
    /// Makes a call; throws a ``WireTrouble`` where no answer comes.
    let ask: @Sendable (CallMessage) async throws -> Answer
    /// Tells a person what happens, a line each.
    let say: @Sendable (String) -> Void
    /// Whether no further document is to be asked for.
    let isEnding: @Sendable () -> Bool
    /// Waits.
    let sleep: @Sendable (Duration) async throws -> Void

    /// As a real one says it.
    private static let version = "34.0.10003.119"
    /// How long `NoOp` has it wait.
    private static let pause = Duration.seconds(5)

    /// Plays the update.
    /// - Throws: a ``LoginRefused``, a ``WireTrouble``, a `Problem` for an answer that is none, what SQLite says.
    func run() async throws -> ConnectorOutcome {
        say("Update as \(login.user): the server says version \(try await text(.init(.serverVersion))).")
        guard isTaken(try await text(.init(.clientVersion, ["strVersion": Self.version]))) else { return .failed }
        let message = CallMessage(.authenticate, ["strUserName": login.user, "strPassword": login.password])
        guard case .strings(let items) = try await ask(message), items.count >= 2 else {
            throw Problem(
                what: "authenticate was answered with fewer than two texts (QBWC1012, index was outside the bounds).",
                remedy: "Both elements have to be written, an empty one too.")
        }
        let ticket = items[0]
        switch items[1].lowercased() {
        case "nvu":
            try await close(ticket)
            throw LoginRefused(
                problem: Problem(
                    what: "The server does not let \(login.user) in: wrong name or password.",
                    remedy:
                        "Give the password that plumbline webconnector add-user showed; after five wrong ones nothing "
                        + "is let in for a minute."))
        case "none":
            say("Nothing waits: no data exchange is required.")
            try await close(ticket)
            return .done
        case "busy":
            say("The server is busy with somebody else: try again later.")
            return .failed
        case "": say("Logged in; the company that is open is used.")
        default: say("Logged in; the server wants the company file \(items[1]), and gets the sandbox.")
        }
        return try await session(ticket)
    }

    /// Whether the server takes this version.
    private func isTaken(_ warning: String) -> Bool {
        if warning.isEmpty { return true }
        say("The server says to this version: \(warning)")
        return warning.hasPrefix("W:")
    }

    // MARK: - Documents

    private func session(_ ticket: String) async throws -> ConnectorOutcome {
        guard var about = try await aboutQuickBooks(ticket) else { return .failed }
        var number = 0
        while !isEnding() {
            let message = CallMessage(
                .sendRequestXML,
                [
                    "ticket": ticket, "strHCPResponse": about, "strCompanyFileName": desk.path,
                    "qbXMLCountry": desk.country, "qbXMLMajorVers": "\(ConnectorDesk.version.rawValue)",
                    "qbXMLMinorVers": "0",
                ])
            guard case .text(let document) = try await retried(message) else { return .failed }
            about = ""
            guard !document.isEmpty else {
                let error = try await lastError(ticket)
                if error == "NoOp" {
                    try await sleep(Self.pause)
                    continue
                }
                return try await fail(error, ticket)
            }
            number += 1
            if let outcome = try await exchange(document, number, ticket) { return outcome }
        }
        say("Told to end: no further document is asked for.")
        try await close(ticket)
        return .done
    }

    /// What QuickBooks says about itself; nil where it could not be reached, which the server was told.
    private func aboutQuickBooks(_ ticket: String) async throws -> String? {
        let delivery = try desk.aboutItself()
        switch delivery.answers.first {
        case .response(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .refused(let hresult, let message):
            say("QuickBooks cannot be reached: \(hresult) \(message)")
            let told = try await text(
                .init(.connectionError, ["ticket": ticket, "hresult": hresult, "message": message]))
            if told.lowercased() != "done" {
                say(
                    "The server wants \(told.isEmpty ? "whatever company is open" : told) to be tried; there is no other."
                )
            }
            try await close(ticket)
            return nil
        case nil:
            say("QuickBooks does not answer: the update breaks off.")
            return nil
        }
    }

    /// Has QuickBooks process a document and brings the answer.
    /// - Returns: how the update ended; nil: it goes on.
    private func exchange(_ document: String, _ number: Int, _ ticket: String) async throws -> ConnectorOutcome? {
        let bytes = Array(document.utf8)
        let title = "Document \(number) (\(DocumentWords.asked(bytes)))"
        let delivery = try desk.process(bytes)
        if delivery.delay > 0 { try await sleep(.seconds(delivery.delay)) }
        guard let answer = delivery.answers.first else {
            say("\(title): the answer is lost; the update breaks off here, as when this machine goes off.")
            return .failed
        }
        let message = received(answer, ticket)
        let percent = try await count(message)
        for _ in delivery.answers.dropFirst() {
            let again = try await count(message)
            say("\(title): brought twice; \(again == percent ? "the same reply" : "another reply, \(again)").")
        }
        say("\(title): \(words(answer)); \(percent < 0 ? "the server did not take it" : "\(percent) %").")
        if percent < 0 { return try await fail(try await lastError(ticket), ticket) }
        guard percent >= 100 else { return nil }
        try await close(ticket)
        return .done
    }

    private func received(_ answer: SandboxAnswer, _ ticket: String) -> CallMessage {
        switch answer {
        case .response(let bytes):
            CallMessage(.receiveResponseXML, ["ticket": ticket, "response": String(decoding: bytes, as: UTF8.self)])
        case .refused(let hresult, let message):
            CallMessage(.receiveResponseXML, ["ticket": ticket, "hresult": hresult, "message": message])
        }
    }

    private func words(_ answer: SandboxAnswer) -> String {
        switch answer {
        case .response(let bytes):
            let refused = DocumentWords.refused(bytes)
            return refused == 0 ? "answered" : "answered, \(refused) of them with a refusal"
        case .refused(let hresult, let message): return "QuickBooks refused it whole (\(hresult) \(message))"
        }
    }

    // MARK: - Ends

    private func lastError(_ ticket: String) async throws -> String {
        let said = try await text(.init(.getLastError, ["ticket": ticket]))
        return said.isEmpty ? "The server gave no reason (GetLastError failed)." : said
    }

    private func fail(_ error: String, _ ticket: String) async throws -> ConnectorOutcome {
        say("Error: \(error)")
        try await close(ticket)
        return .failed
    }

    private func close(_ ticket: String) async throws {
        say("Closed: \(try await text(.init(.closeConnection, ["ticket": ticket])))")
    }

    // MARK: - Calls

    private func text(_ message: CallMessage) async throws -> String {
        guard case .text(let text) = try await ask(message) else { return "" }
        return text
    }

    private func count(_ message: CallMessage) async throws -> Int {
        guard case .number(let number) = try await retried(message) else { return -1 }
        return number
    }

    /// A call that is made once more where its answer did not come.
    private func retried(_ message: CallMessage) async throws -> Answer {
        do {
            return try await ask(message)
        } catch let trouble as WireTrouble {
            say("\(trouble.problem.what) \(message.call.rawValue) is called once more.")
            return try await ask(message)
        }
    }
}
