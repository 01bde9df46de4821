import DropFolder
import Foundation

/// Whether the programs that `notify` names can be started, as `plumbline doctor` tells. Nobody is told anything for it.
struct MessageWays {
    private let settings: NotifySettings

    init(_ settings: NotifySettings) { self.settings = settings }

    /// How each way stands.
    var findings: [Doctor.Finding] {
        var findings: [Doctor.Finding] = []
        if let program = settings.command.first {
            findings.append(
                Self.finding(
                    "notify.command", program, well: "\(program) can be started",
                    remedy: "Put the program there, or set notify.command in plumbline.yaml to where it is."))
        }
        if !settings.mail.isEmpty {
            let people = settings.mail.count == 1 ? "1 address" : "\(settings.mail.count) addresses"
            findings.append(
                Self.finding(
                    "notify.mail", settings.sendmail, well: "\(people), by \(settings.sendmail), which can be started",
                    remedy:
                        "Install a program that sends mail, such as the package msmtp-mta, or set notify.sendmail in "
                        + "plumbline.yaml to where it is."))
        }
        return findings
    }

    private static func finding(_ key: String, _ path: String, well: String, remedy: String) -> Doctor.Finding {
        let obstacle = obstacle(to: path, isAbsent: remedy)
        return Doctor.Finding(
            about: "Messages", what: "\(key): \(obstacle?.what ?? well)", remedy: obstacle?.remedy)
    }

    /// Why a program cannot be started, and what to do about it; nil: it can.
    /// - Parameter remedy: what to do where it is not there.
    private static func obstacle(to path: String, isAbsent remedy: String) -> (what: String, remedy: String)? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return ("\(path) is not there, or this user may not look there.", remedy)
        }
        if isFolder.boolValue { return ("\(path) is a folder.", remedy) }
        guard FileManager.default.isExecutableFile(atPath: path) else {
            return (
                "\(path) may not be started by this user.",
                "Make it executable (chmod 755 \(path)), and the folders above it passable for Plumbline's user."
            )
        }
        return script(path)
    }

    /// What keeps a script from being started although it may be: its first line.
    private static func script(_ path: String) -> (what: String, remedy: String)? {
        guard let file = FileHandle(forReadingAtPath: path), let head = try? file.read(upToCount: longestLine),
            let first = head.first
        else { return nil }
        let line = String(decoding: head.prefix { $0 != 0x0a }, as: UTF8.self)
        guard line.hasPrefix("#!") else {
            // Whatever begins otherwise than text does is the kernel's to know.
            guard (0x20..<0x7f).contains(first) || first == 0x0a || first == 0xef else { return nil }
            return (
                "\(path) is a script whose first line does not say what runs it.",
                "Write #!/bin/sh, or what else runs it, into its first line."
            )
        }
        let runner = line.dropFirst(2).split(whereSeparator: { $0 == " " || $0 == "\t" }).first.map(String.init) ?? ""
        if runner.hasSuffix("\r") {
            return (
                "\(path) has the line ends of Windows, so that what runs it is not found.",
                "Write it anew with those of this machine: sed -i 's/\\r$//' \(path)"
            )
        }
        guard FileManager.default.isExecutableFile(atPath: runner) else {
            return (
                "\(path) is run by \(runner), which is not there.",
                "Install that, or name another one in the script's first line."
            )
        }
        return nil
    }

    /// The kernel reads so many bytes of the first line. Source: Linux, `BINPRM_BUF_SIZE`.
    private static let longestLine = 256
}
