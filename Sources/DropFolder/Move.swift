import Domain
import Glibc

/// What became of a move.
enum Move {
    case moved
    /// Something else has the name.
    case taken
    /// Somebody wrote to the file while it was copied, so it stays.
    case changed
}

/// Moves a file, never over an existing name. From one mount to another it is copied, made durable under a hidden
/// name, and only then given its own: a crash leaves the original, a whole copy, or both, never a part.
/// - Parameter hidden: the name for the copy, on the file system of `to`.
func moveNoReplace(_ from: Place, _ to: Place, through hidden: Place) throws -> Move {
    do {
        return try System.renameNoReplace(from, to) ? .moved : .taken
    } catch let error as SystemError where error.errno == EXDEV {
        guard try System.status(to) == nil else { return .taken }
    }
    do {
        let source = try FileSource(from)
        try copy(source, to: hidden)
        // The copy stands for what was dropped only if that is still there, unchanged.
        guard try source.isUnchanged(), try source.isStillThere() else {
            try System.remove(hidden)
            return .changed
        }
        guard try System.renameNoReplace(hidden, to) else {
            try System.remove(hidden)
            return .taken
        }
        if let folder = to.folder { try System.sync(folder) }
        do {
            // A new file of that name is a drop of its own.
            if try source.isStillThere() { try System.remove(from) }
        } catch {
            // Where the original must stay, as on a share that may only be read, it would come again and again.
            try? System.remove(to)
            throw error
        }
        return .moved
    } catch {
        try? System.remove(hidden)
        throw error
    }
}

private func copy(_ source: FileSource, to place: Place) throws {
    let target = try System.create(place)
    defer { close(target) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { buffer.deallocate() }
    while true {
        let got = try source.read(into: buffer)
        if got == 0 { break }
        try System.writeAll(target, Array(buffer[..<got]), path: place.path)
    }
    try System.sync(target, path: place.path)
}
