import Foundation
import Testing

@testable import Pipeline

/// What `plumbline doctor` says of the programs that `notify` names.
@Suite struct MessageWaysTests {
    /// A folder with a program in it, and what doctor says of it.
    private final class Machine {
        let path = ReviewRoot.scratch.appendingPathComponent("ways-\(UUID().uuidString)").path
        var program: String { path + "/tell" }

        init(_ text: String? = nil, mode: Int = 0o755) throws {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard let text else { return }
            try Data(text.utf8).write(to: URL(fileURLWithPath: program))
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: program)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func findings(_ notify: String) throws -> [Doctor.Finding] {
            let yaml = "company_id: 8089\nnotify:\n  \(notify.replacing("PROGRAM", with: program))\n"
            try Data(yaml.utf8).write(to: URL(fileURLWithPath: path + "/plumbline.yaml"))
            return Doctor(root: path).findings.filter { ["Messages", "Configuration"].contains($0.about) }
        }

        func finding(_ notify: String = "command: [PROGRAM, office]") throws -> Doctor.Finding {
            try #require(try findings(notify).first { $0.about == "Messages" })
        }
    }

    @Test func whatCanBeStartedIsWell() throws {
        let machine = try Machine("#!/bin/sh\nexit 0\n")
        let finding = try machine.finding()
        #expect(finding.what == "notify.command: \(machine.program) can be started" && finding.remedy == nil)
        let mail = try machine.finding("{mail: [anna@example.com, ben@example.com], sendmail: /bin/true}")
        #expect(mail.what == "notify.mail: 2 addresses, by /bin/true, which can be started" && mail.remedy == nil)
    }

    @Test func whatIsNotThereIsToldWithWhatToDo() throws {
        let machine = try Machine()
        let finding = try machine.finding()
        #expect(
            finding.what == "notify.command: \(machine.program) is not there, or this user may not look there.")
        #expect(
            finding.remedy == "Put the program there, or set notify.command in plumbline.yaml to where it is.")
        let mail = try machine.finding("{mail: [anna@example.com], sendmail: PROGRAM}")
        #expect(mail.what == "notify.mail: \(machine.program) is not there, or this user may not look there.")
        #expect(mail.remedy?.contains("msmtp-mta") == true && mail.remedy?.contains("notify.sendmail") == true)
        let both = try machine.findings("{command: [PROGRAM], mail: [anna@example.com], sendmail: /bin/true}")
        #expect(
            both.filter { $0.about == "Messages" }.map { $0.remedy == nil } == [false, true], "each way has its own")
    }

    @Test func aFileThatMayNotBeStartedAndAFolderAreNoPrograms() throws {
        let machine = try Machine("#!/bin/sh\n", mode: 0o644)
        let finding = try machine.finding()
        #expect(finding.what == "notify.command: \(machine.program) may not be started by this user.")
        #expect(finding.remedy?.hasPrefix("Make it executable (chmod 755 \(machine.program))") == true)
        let folder = try machine.finding("command: [\(machine.path)]")
        #expect(folder.what == "notify.command: \(machine.path) is a folder.")
    }

    @Test(arguments: [
        ("curl --silent\n", "is a script whose first line does not say what runs it."),
        ("#!/bin/sh\r\nexit 0\r\n", "has the line ends of Windows, so that what runs it is not found."),
        ("#!/usr/bin/absent -x\n", "is run by /usr/bin/absent, which is not there."),
    ]) func aScriptThatTheKernelCannotStartIsTold(text: String, what: String) throws {
        let machine = try Machine(text)
        let finding = try machine.finding()
        #expect(finding.what == "notify.command: \(machine.program) \(what)")
        #expect(finding.remedy?.isEmpty == false)
    }

    @Test func aPathThatIsNotWholeIsRefusedWithTheConfiguration() throws {
        let findings = try Machine().findings("command: [tell]")
        #expect(findings.count == 1 && findings[0].remedy == "Mend plumbline.yaml.")
        #expect(findings[0].what.contains("it is the whole path of a program"))
    }
}
