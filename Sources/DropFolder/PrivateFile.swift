import Domain
import Glibc

/// Writes a small file that nobody but its owner may read, such as a key: at no moment can anybody else, and readers see the
/// old one or the new one, never a part. It is on the disk before it gets its name.
/// - Throws: a `SystemError`.
public func writePrivately(_ bytes: [UInt8], to path: String) throws {
    let place = Place(Array(path.utf8))
    let name = RelativePath(place.name).name
    let temporary = place.beside(Array(".".utf8) + name.prefix(240) + Array(".new".utf8))
    if try System.status(temporary) != nil { try System.remove(temporary) }
    let descriptor = try System.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    do {
        defer { close(descriptor) }
        try System.writeAll(descriptor, bytes, path: temporary.path)
        try System.sync(descriptor, path: temporary.path)
    } catch {
        try? System.remove(temporary)
        throw error
    }
    try System.renameOver(temporary, place)
}
