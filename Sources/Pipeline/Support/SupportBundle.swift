import Domain
import DropFolder
import Foundation
import Procore
import SyncLedger

/// What somebody who keeps Plumbline needs to see of a root that is not well, without names, texts and amounts: one archive.
///
/// Everything in it is put together from counts, choices and words of ours; see `BundleMask`. It reads the root and its ledger
/// beside the process that owns them, and writes nothing but the archive.
public struct SupportBundle {
    private let root: String
    private let version: String
    private let mask: BundleMask
    private let clock: WallClock

    /// - Parameters:
    ///   - path: the root.
    ///   - version: of the program.
    ///   - clock: what time it is.
    public init(root path: String, version: String, clock: WallClock = .system) {
        root = URL(fileURLWithPath: path).path
        self.version = version
        self.clock = clock
        mask = BundleMask()
    }

    /// What is in the archive, in a sentence or two.
    public static let contents =
        "It holds versions, plumbline.yaml with its values masked, what doctor and health found, counts of the sync ledger and "
        + "of the folders, and the last log lines without names: no names, no texts and no amounts. Look through it before you "
        + "send it: tar -xzf unpacks it."

    /// Writes the archive, which nobody but this user can read.
    /// - Parameter folder: where it goes; nil: into the root, which is no share.
    /// - Returns: its path.
    /// - Throws: a `Problem` where it cannot be made; what the machine says.
    public func write(into folder: String? = nil) throws -> String {
        let folder = folder.map { URL(fileURLWithPath: $0).path } ?? root
        let stamp = WallClock.text(clock.now()).filter { $0 != "-" && $0 != ":" }
        let target = "\(folder)/plumbline-support-\(stamp).tar.gz"
        guard !FileManager.default.fileExists(atPath: target) else {
            throw Problem(what: "There is a file \(target) already.", remedy: "Move it away, or wait a second.")
        }
        let scratch = "\(folder)/.plumbline-support-\(UUID().uuidString)"
        let inner = "\(scratch)/plumbline-support"
        let mine: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: false, attributes: mine)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false, attributes: mine)
        for (name, bytes) in parts() { try writePrivately(bytes, to: "\(inner)/\(name)") }
        let archive = "\(scratch)/archive.tar.gz"
        try pack(scratch, to: archive)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: archive)
        try FileManager.default.moveItem(atPath: archive, toPath: target)
        return target
    }

    /// Has the system's tar pack the folder; it writes neither the names of users nor times.
    private func pack(_ scratch: String, to archive: String) throws {
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = [
            "tar", "--create", "--gzip", "--file", archive, "--owner=0", "--group=0", "--numeric-owner", "--sort=name",
            "--mtime=@\(clock.now())", "--directory", scratch, "plumbline-support",
        ]
        tar.standardInput = FileHandle.nullDevice
        tar.standardOutput = FileHandle.nullDevice
        try tar.run()
        tar.waitUntilExit()
        guard tar.terminationStatus == 0 else {
            throw Problem(
                what: "tar could not pack the bundle: it ended with \(tar.terminationStatus).",
                remedy: "See that GNU tar and gzip are installed, and that there is room on the disk.")
        }
    }

    // MARK: - What is in it

    private func parts() -> [(name: String, bytes: [UInt8])] {
        let folders = RootFolders(root: root)
        let yaml = FileManager.default.contents(atPath: root + "/plumbline.yaml")
            .flatMap { String(validating: $0, as: UTF8.self) }
        let configuration = try? Configuration.load(root: root)
        return [
            ("README.txt", Array((readme + "\n").utf8)), ("versions.json", Self.bytes(versions)),
            ("configuration.json", Self.bytes(MaskedConfiguration(yaml).json)), ("doctor.json", Self.bytes(doctor)),
            ("health.json", Self.bytes(health(configuration))), ("ledger.json", Self.bytes(ledger(configuration))),
            ("folders.json", Self.bytes(FolderSurvey(folders).json)),
            ("events.jsonl", MaskedLog(mask).lines(folders.logs + "/plumbline.jsonl")),
        ]
    }

    private static func bytes(_ value: JSONValue) -> [UInt8] { value.bytes(pretty: true) + [0x0a] }

    private var readme: String {
        """
        What Plumbline says of a root for whoever keeps Plumbline. \(Self.contents)
        A word such as #0123456789abcdef stands for a name or a text: the same for the same one in this bundle, and in no other.
        """
    }

    private var versions: JSONValue {
        .object([
            ("plumbline", .string(version)), ("made", .string(WallClock.text(clock.now()))),
            ("machine", MachineSurvey().json),
        ])
    }

    /// Which checks there were, and which of them found something; what they found names folders and companies.
    private var doctor: JSONValue {
        let findings = Doctor(root: root).findings
        return .object([
            ("well", .bool(findings.allSatisfy { $0.remedy == nil })),
            (
                "findings",
                .array(
                    findings.map {
                        .object([
                            ("about", .string($0.about)), ("well", .bool($0.remedy == nil)),
                            ("what", .string(mask.mark($0.what))),
                        ])
                    })
            ),
        ])
    }

    private func health(_ configuration: Configuration?) -> JSONValue {
        let health = Health(root: root)
        var fields: [(key: String, value: JSONValue)] = [
            ("health", .string(health.grade.word)), ("reasons", .number(String(health.reasons.count))),
            ("configuration_is_read", .bool(configuration != nil)),
        ]
        if let configuration {
            let owner = OwnerLock.heartbeat(ofOwnerOf: OpenRoot.ledgerPath(configuration, root: root))
            fields += [("served", .bool(owner != nil)), ("fault", .bool(owner?.fault != nil))]
        }
        return .object(fields)
    }

    private func ledger(_ configuration: Configuration?) -> JSONValue {
        let path = configuration.map { OpenRoot.ledgerPath($0, root: root) } ?? root + "/plumbline.sqlite"
        guard FileManager.default.fileExists(atPath: path) else {
            return .object([("ledger", .string("is not there"))])
        }
        let file = FileSystem.kind(of: path)
        var fields: [(key: String, value: JSONValue)] = [
            ("file_system", .string(file.name)),
            ("modes", .strings(["", "-wal", "-shm"].compactMap { Self.mode(path + $0) })),
            ("bytes", .array(["", "-wal", "-shm"].map { .number(Self.size(path + $0)) })),
        ]
        do {
            let survey = try LedgerSurvey(RootBeginning.ledgerToRead(path))
            fields += [
                ("migrations", .strings(survey.migrations)), ("pragmas", counts(survey.pragmas, masked: false)),
                ("tables", counts(survey.tables, masked: false)), ("page_sizes", counts(survey.pages, masked: true)),
                ("counts", counts(survey.counts, masked: true)),
            ]
        } catch {
            fields.append(("error", .string(mask.mark("\(error)"))))
        }
        return .object(fields)
    }

    /// - Parameter masked: whether the words behind the first one may be something else than ours.
    private func counts(_ counts: [LedgerSurvey.Count], masked: Bool) -> JSONValue {
        .object(
            counts.map { words, count in
                let rest = words.dropFirst().map { masked ? mask.word($0) : $0 }
                return ((words.prefix(1) + rest).joined(separator: ": "), .number(String(count)))
            })
    }

    private static func mode(_ path: String) -> String? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return (attributes?[.posixPermissions] as? NSNumber).map { String($0.intValue, radix: 8) }
    }

    private static func size(_ path: String) -> String {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return ((attributes?[.size] as? NSNumber)?.int64Value ?? 0).description
    }
}
