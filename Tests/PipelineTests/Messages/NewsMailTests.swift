import Foundation
import Testing

@testable import Pipeline

/// Messages as mails: what stands in their headers, and how.
@Suite struct NewsMailTests {
    /// A sendmail of this test's, which keeps what it is given, behind the words it was called with.
    private static let sendmail =
        "  mail: [anna@example.com, ben@example.com]\n  from: plumbline@example.com\n  sendmail: HOOK"

    /// The one mail of a root, in its parts.
    private func mail(_ office: MessagesRoot) throws -> (called: Substring, headers: [Substring], body: String) {
        try #require(office.taken.count == 1)
        let parts = office.taken[0].components(separatedBy: "\n\n")
        let lines = parts[0].split(separator: "\n")
        return (lines[0], Array(lines.dropFirst()), parts.dropFirst().joined(separator: "\n\n"))
    }

    @Test func sendmailIsGivenAWholeMail() throws {
        let office = try MessagesRoot(notify: Self.sendmail, hook: "{ echo \"$@\"; cat; } >$(ls | wc -l)")
        try office.reject("a.json")
        office.look(after: 0)
        #expect(office.look(after: 60) == [.sent(.mail, "1 file was rejected")])
        let mail = try mail(office)
        #expect(mail.called == "-t -i")
        let id = try #require(mail.headers.first { $0.hasPrefix("Message-ID: <") })
        #expect(id.hasSuffix("@example.com>") && id.utf8.count == 58)
        #expect(
            mail.headers.filter { $0 != id } == [
                "From: plumbline@example.com", "To: anna@example.com,", " ben@example.com",
                "Subject: Plumbline office: 1 file was rejected", "Date: Sun, 8 Mar 2026 20:01:00 +0000",
                "Auto-Submitted: auto-generated", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: quoted-printable",
            ])
        #expect(mail.body.hasPrefix("Plumbline, Procore company 8089, folder office\nMar 8, 2026, 8:01 PM, UTC\n\n"))
        for line in [
            "Since the last message: 1 file was rejected.", "Files that were rejected", "* file a.json",
            "  (from inbox/rejected/procore/a.json, since Mar 8, 2026, 8:00 PM)",
        ] {
            #expect(mail.body.components(separatedBy: "\n").contains(line), "\(line)")
        }
        #expect(mail.body.contains("  What to do: "))
        #expect(mail.body.contains("\n  Who can: "))
    }

    @Test func nothingThatOthersWroteBecomesAHeader() throws {
        let office = try MessagesRoot(
            name: "Büro\nBcc: eve@example.com\r\n\r\nbody", notify: Self.sendmail,
            hook: "{ echo \"$@\"; cat; } >$(ls | wc -l)")
        try office.drop(vendor: 1, named: "Alder\r\nBcc: eve@example.com\r\n\r\nCo \u{202e}")
        office.look(after: 0)
        #expect(office.look(after: 60) == [.sent(.mail, "1 record was refused")])
        let mail = try mail(office)
        let names = mail.headers.filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
        #expect(
            names == [
                "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type",
                "Content-Transfer-Encoding",
            ])
        #expect(!mail.headers.contains { $0.contains("eve") })
        #expect(!mail.body.contains("\nBcc:"))
    }

    /// An independent reader of mails finds the same in it.
    @Test(.enabled(if: PythonMail.isThere, "needs python3"))
    func pythonReadsWhatWasWritten() throws {
        let office = try MessagesRoot(name: "Büro der Müßiggänger GmbH & Söhne, 東京", notify: Self.sendmail)
        try office.fail(vendor: 1, named: "Zoë = Größe.")
        office.look(after: 0)
        office.look(after: 60)
        let read = try PythonMail(office.folder + "/taken/0")
        #expect(read.subject == "Plumbline Büro der Müßiggänger GmbH & Söhne, 東京: 1 record failed")
        #expect(read.to == ["anna@example.com", "ben@example.com"])
        #expect(read.seconds == Double(office.clock.wall.now()))
        #expect(read.defects == [])
        #expect(read.body.contains("* vendor 1 (Zoë = Größe.)\n"))
        #expect(read.body.hasSuffix("What stands above is told once.\n"))
        let widest = try #require(office.taken.first).split(separator: "\n").map(\.utf8.count).max()
        #expect(widest ?? 0 <= 76)
    }

    @Test(arguments: [
        ("", ""), ("a=b", "a=3Db"), ("ends with a blank ", "ends with a blank=20"), (".", "=2E"), ("Föhn", "F=C3=B6hn"),
        ("From me", "=46rom me"),
        ("a\nb\n", "a\nb\n"),
        (
            String(repeating: "x", count: 100),
            String(repeating: "x", count: 73) + "=\n" + String(repeating: "x", count: 27)
        ),
    ])
    func bodiesAreQuotedPrintable(_ text: String, _ quoted: String) {
        #expect(String(decoding: NewsMail.quotedPrintable(text), as: UTF8.self) == quoted)
    }

    @Test func headersAreEncodedWhereTheyHaveTo() {
        #expect(NewsMail.encoded("office", after: 9) == "office")
        #expect(NewsMail.encoded("ü", after: 9) == "=?utf-8?B?w7w=?=")
        #expect(NewsMail.encoded("a\r\nBcc: b", after: 9) == "a  Bcc: b")
        #expect(NewsMail.encoded("=?utf-8?B?w7w=?=", after: 9) == "=?utf-8?B?PT91dGYtOD9CP3c3dz0/PQ==?=")
        let long = NewsMail.encoded(String(repeating: "ü", count: 60), after: 9).components(separatedBy: "\n ")
        #expect(long.count == 3 && long.allSatisfy { $0.utf8.count <= 75 })
        #expect(NewsMail.date(0) == "Thu, 1 Jan 1970 00:00:00 +0000")
        #expect(NewsMail.date(1_709_164_799) == "Wed, 28 Feb 2024 23:59:59 +0000")
    }
}

/// A mail as Python's reader of mails has it.
private struct PythonMail: Decodable {
    let subject: String
    let to: [String]
    let seconds: Double
    let body: String
    let defects: [String]

    static let isThere = (try? run(["--version"])) != nil

    private static let script = """
        import email, email.policy, json, sys
        mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
        body = mail.get_content()
        print(json.dumps({"subject": mail["Subject"], "to": [a.addr_spec for a in mail["To"].addresses],
            "seconds": mail["Date"].datetime.timestamp(), "body": body,
            "defects": [str(d) for d in mail.defects] + [str(d) for h in mail.values() for d in getattr(h, "defects", ())]}))
        """

    init(_ path: String) throws {
        self = try JSONDecoder().decode(PythonMail.self, from: Self.run(["-c", Self.script, path]))
    }

    private static func run(_ arguments: [String]) throws -> Data {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
        return output
    }
}
