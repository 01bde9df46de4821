import DropFolder
import SyncLedger

/// Who dropped files, as the owners of the originals tell. Each is looked for once: an original lies where it was filed.
struct FileOwners: Sendable {
    private var known: [Int: String?] = [:]
    /// More than the page ever lists.
    private static let most = 4_096

    /// Who dropped the file of a number.
    /// - Returns: the name of the user; nil where the original is gone, or belongs to Plumbline's own user.
    /// - Throws: what SQLite says.
    mutating func owner(of intake: Int, _ books: Books, _ folders: RootFolders) throws -> String? {
        if let owner = known[intake] { return owner }
        guard let place = try books.place(ofFile: intake) else { return nil }
        let owner = folders.owner(ofFiled: place)
        if known.count >= Self.most { known = [:] }
        known[intake] = .some(owner)
        return owner
    }
}
