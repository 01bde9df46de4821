import Foundation
import Testing

/// Whole sessions of the Web Connector in its real order, and all that goes wrong in them, by a client of our own over
/// TLS (`Tests/WebConnector/sessions.py`), with the sandbox and with an independent stand-in as QuickBooks.
///
/// Needs python3, and for the stand-in ../shared with qbsim, and lxml; skipped, visibly, where they are absent.
@Suite(.serialized, .enabled(if: Tool.hasPython, "needs python3")) struct SessionOrderTests {
    private func play(_ company: String) throws {
        let played = try Tool.run(
            "/usr/bin/env",
            [
                "PLUMBLINE=\(Tool.plumbline)", "python3", Repository.path + "/Tests/WebConnector/sessions.py", company,
            ])
        #expect(played.status == 0, "\(played.output)")
        // One that plays nothing has shown nothing.
        #expect(played.output.components(separatedBy: "\n").filter { $0.hasPrefix("ok ") }.count >= 19)
    }

    @Test func withTheSandboxAsQuickBooks() throws { try play("sandbox") }

    @Test(.enabled(if: Tool.hasReferee, "needs ../shared/qbsim and python3 with lxml"))
    func withAnIndependentStandIn() throws { try play("qbsim") }
}
