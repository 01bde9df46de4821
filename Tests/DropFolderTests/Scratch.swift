import Domain
import Foundation

@testable import DropFolder

/// A root of its own in the temporary folder, removed when the test ends.
final class Scratch {
    let folders: RootFolders

    init() throws {
        let name = "plumbline-\(UUID().uuidString)"
        folders = RootFolders(root: FileManager.default.temporaryDirectory.appendingPathComponent(name).path)
        try folders.create()
    }

    deinit { try? FileManager.default.removeItem(atPath: folders.root) }

    var inbox: Inbox { Inbox(folders) }
    var archive: Archive { Archive(folders) }

    func absolute(_ path: RelativePath) -> [UInt8] { Array(folders.inbox.utf8) + [0x2f] + path.bytes }

    /// Writes a file below the inbox and closes it.
    @discardableResult
    func drop(_ path: String, _ text: String = "{}") throws -> RelativePath {
        try drop(RelativePath(path), text)
    }

    @discardableResult
    func drop(_ path: RelativePath, _ text: String = "{}") throws -> RelativePath {
        try System.makeFolders(absolute(path.folder))
        let descriptor = try System.open(absolute(path), O_WRONLY | O_CREAT | O_TRUNC)
        defer { close(descriptor) }
        try System.writeAll(descriptor, Array(text.utf8), path: absolute(path))
        return path
    }

    /// The text of a file below the inbox; nil where there is none.
    func text(_ path: String) -> String? { text(RelativePath(path)) }

    func text(_ path: RelativePath) -> String? {
        guard let source = try? FileSource(bytes: absolute(path)) else { return nil }
        return try? source.text()
    }

    func names(_ folder: String) throws -> [String] {
        try System.names(in: Array(folder.utf8)).map { RelativePath($0).shown }
    }
}

extension FileSource {
    /// Everything that is left to read.
    func text() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        var all: [UInt8] = []
        while true {
            let got = try bytes.withUnsafeMutableBytes { try read(into: $0) }
            if got == 0 { return String(decoding: all, as: UTF8.self) }
            all += bytes[..<got]
        }
    }
}

/// A folder on another file system than the temporary folder, where the machine has one.
enum OtherMount {
    static let path = "/dev/shm"

    static var exists: Bool {
        guard let here = try? System.status(Array(FileManager.default.temporaryDirectory.path.utf8)),
            let there = try? System.status(Array(path.utf8))
        else { return false }
        return here.device != there.device && access(path, W_OK) == 0
    }
}
