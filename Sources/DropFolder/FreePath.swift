import Domain

/// The path to put a file at where a file already stands in the place of one of its folders: `a~2.json/b.json` when
/// `a.json` is a file. The file's own name may still be taken.
/// - Parameter base: the folder that the path is below.
func freePath(_ wanted: RelativePath, below base: [UInt8]) throws -> RelativePath {
    guard !wanted.folder.bytes.isEmpty else { return wanted }
    let parent = try freePath(wanted.folder, below: base)
    var folder = parent
    var number = 2
    // A link to a folder is none: nothing is put where somebody else can lead it. Our own folders have no other name:
    // one that is none is a fault.
    while !Inbox.isOurs(parent), let status = try System.status(base + [0x2f] + folder.bytes), !status.isFolder {
        folder = parent.numbered(number)
        number += 1
    }
    return folder.appending(wanted.name)
}
