import Domain
import DropFolder
import NIOCore
import Procore

/// The files of one list while it is fetched: hidden until all of it is there, so that the inbox gets the whole list or
/// nothing.
struct FetchedFiles {
    private let drop: CarrierDrop
    private var files: [(hidden: String, path: String, digest: Digest)] = []
    private var number = 0

    init(_ drop: CarrierDrop) {
        self.drop = drop
    }

    /// What stands in a file that was fetched.
    struct Content {
        var digest: Digest
        var count = 0
        var ids: [String] = []
        /// Of lists of cost codes: those that an accounting system is tied to.
        var erpIDs: [String] = []
    }

    /// The name of the next hidden file.
    mutating func begin() -> String {
        number += 1
        return "fetched-\(number)"
    }

    /// Reads a hidden file to its end: an answer that was cut is found here, and not in the inbox.
    /// - Throws: a `Problem`.
    func read(_ hidden: String) throws -> Content {
        let source = DigestingSource(try drop.source(hidden))
        var reader = ExportReader(source)
        var content = Content(digest: Digest(of: []))
        while let element = try reader.next() {
            // An error that was sent with a good status would be taken for a record, and the list for read.
            guard case .record(let record, _) = element, let id = try record.text("id"), Self.isID(id) else {
                throw Problem(
                    what: "It is no list of Procore's records, of which each has an id.",
                    remedy: "Look at what Procore answers there.")
            }
            content.count += 1
            content.ids.append(id)
            if try record.text("is_erp_list") == "true" { content.erpIDs.append(id) }
        }
        content.digest = try source.finish()
        return content
    }

    /// An id goes into a path: it is a number, or it is none.
    private static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    /// Keeps a hidden file, to be published under a path.
    mutating func keep(_ hidden: String, as path: String, _ digest: Digest) {
        files.append((hidden, path, digest))
    }

    var isEmpty: Bool { files.isEmpty }
    var count: Int { files.count }

    /// The digest of all of them.
    var digest: String { Digest(of: files.flatMap { $0.digest.bytes + Array($0.path.utf8) }).hex(16) }

    /// Renames all of them into sight.
    /// - Parameter stamp: what tells their names from those of the next time.
    func publish(_ stamp: String) throws {
        for file in files { try drop.publish(file.hidden, as: "\(file.path).\(stamp).json") }
    }

    /// Removes all of them.
    func discard() throws {
        for file in files { try drop.discard(file.hidden) }
    }
}
