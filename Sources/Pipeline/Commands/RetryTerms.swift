import DropFolder
import Foundation

/// What a person names to be tried again: files in `inbox/rejected`, by path or by name alone, and records. Files are taken
/// back at once; records need the sync ledger, and are left to the command.
public struct RetryTerms {
    private let folders: RootFolders
    private let files: RejectedFiles
    /// What became of the files.
    public private(set) var outcome = CommandOutcome()
    /// The terms that name no file.
    public private(set) var records: [String] = []

    /// Terms about a root.
    public init(root: String) {
        self.init(RootFolders(root: URL(fileURLWithPath: root).path))
    }

    init(_ folders: RootFolders) {
        self.folders = folders
        files = RejectedFiles(folders)
    }

    /// Takes back every rejected file, and every copy of refused records.
    /// - Throws: what the machine says.
    public mutating func takeAll() throws {
        for path in try files.all() { try take(path) }
    }

    /// Takes back the file that a term names, or keeps the term as a record's.
    /// - Throws: what the machine says.
    public mutating func take(_ term: String) throws {
        let path = below(term)
        if FileManager.default.fileExists(atPath: "\(folders.rejected)/\(path)") { return try take(RelativePath(path)) }
        let found = try files.named(path)
        if found.count > 1 {
            outcome.problems.append(
                "More than one file in inbox/rejected is called \(term): name one of them with its folder: "
                    + "\(found.map(\.shown).joined(separator: ", ")).")
        } else if let one = found.first {
            try take(one)
        } else {
            records.append(term)
        }
    }

    private mutating func take(_ path: RelativePath) throws {
        if let place = try files.takeBack(path) {
            outcome.done.append("\(path.shown) stands in inbox/\(place) again.")
        } else {
            outcome.problems.append("There is no file \(path.shown) in inbox/rejected.")
        }
    }

    /// A path as it stands below the folder of rejected files, however it was written.
    private func below(_ term: String) -> String {
        let absolute = URL(fileURLWithPath: term).standardizedFileURL.path
        let start = URL(fileURLWithPath: folders.rejected).standardizedFileURL.path + "/"
        if absolute.hasPrefix(start) { return String(absolute.dropFirst(start.count)) }
        return term.hasPrefix("inbox/rejected/") ? String(term.dropFirst(15)) : term
    }
}
