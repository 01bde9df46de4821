import Domain
import Glibc

/// A carrier's side of a root's folders: it takes documents out of `outbox/quickbooks` in number order, and drops their
/// answers into `inbox/quickbooks`. Nothing is read or written where a folder's mark is missing.
public struct CarrierFolders: Sendable {
    private let folders: RootFolders
    private let markers: FolderMarkers
    private let waiting = WaitingNames()

    /// The folders of a root, with the marks by which they are known.
    public init(_ folders: RootFolders, markers: FolderMarkers) {
        self.folders = folders
        self.markers = markers
    }

    private var inbox: String { folders.inbox + "/quickbooks" }

    /// The names of the documents that wait, in number order.
    /// - Throws: a `FolderMarkers.Missing` or a `SystemError`.
    public func documents() throws -> [String] {
        let folder = try markers.open(folders.outboxQuickBooks)
        return try waiting.names(in: folder) { try Self.documents(in: folder) }
    }

    private static func documents(in folder: OpenFolder) throws -> [String] {
        try System.names(in: folder).compactMap { name -> (Int, String)? in
            guard name.first != UInt8(ascii: "."), let text = String(validating: name, as: UTF8.self),
                text.hasSuffix(".xml"), let number = Int(text.prefix { $0.isASCII && $0.isNumber })
            else { return nil }
            return (number, text)
        }.sorted { $0 < $1 }.map(\.1)
    }

    /// Where a document stands.
    public func path(of document: String) -> String { "\(folders.outboxQuickBooks)/\(document)" }

    /// All of a small document; nil: it is not there, or is larger.
    public func small(_ document: String, atMost most: Int) throws -> [UInt8]? {
        guard let source = try open(document) else { return nil }
        let bytes = try source.start(atMost: most + 1)
        return bytes.count > most ? nil : bytes
    }

    /// A document, to be read; nil: it is not there.
    public func open(_ document: String) throws -> FileSource? {
        let place = try markers.open(folders.outboxQuickBooks).place(Array(document.utf8))
        return try System.status(place) == nil ? nil : FileSource(place)
    }

    /// Takes a document out of the outbox: its answer is durable.
    /// - Parameters:
    ///   - document: its name.
    ///   - durably: whether it must not come again after a loss of power.
    public func take(_ document: String, durably: Bool = false) throws {
        let folder = try markers.open(folders.outboxQuickBooks)
        try waiting.remove(document, from: folder)
        if durably { try System.sync(folder) }
    }

    /// Whether a file of this name stands in the inbox and has not been read yet.
    public func holds(_ name: String) throws -> Bool {
        try System.status(markers.open(inbox).place(Array(name.utf8))) != nil
    }

    /// A file of this name in the inbox, to be read; nil: it is not there.
    public func answer(_ name: String) throws -> FileSource? {
        let place = try markers.open(inbox).place(Array(name.utf8))
        return try System.status(place) == nil ? nil : FileSource(place)
    }

    // MARK: - Pages

    private static let page = "page-"

    /// The hidden name of a page in the inbox, until the last one comes.
    public static func pageName(_ number: Int64) -> String { ".\(page)\(number).part" }

    /// Removes pages.
    /// - Parameter numbers: theirs; nil: all.
    public func removePages(_ numbers: [Int64]? = nil) throws {
        let folder = try markers.open(inbox)
        guard let numbers else {
            for name in try System.names(in: folder) where name.starts(with: ".\(Self.page)".utf8) {
                try System.remove(folder.place(name))
            }
            return
        }
        for number in numbers { try System.remove(folder.place(Array(Self.pageName(number).utf8))) }
    }

    /// An answer begins to arrive, under a hidden name.
    /// - Throws: a `FolderMarkers.Missing` or a `SystemError`.
    public func beginAnswer() throws -> IncomingAnswer {
        try IncomingAnswer(in: markers.open(inbox))
    }

    /// Removes what arrived in part and will not be finished: that has not been written to for some seconds.
    public func removeAbandoned(olderThan seconds: Int64, now: Int64) throws {
        let folder = try markers.open(inbox)
        for name in try System.names(in: folder) where name.starts(with: IncomingAnswer.beginning) {
            let place = folder.place(name)
            if let status = try System.status(place), status.modified / 1_000_000_000 < now - seconds {
                try System.remove(place)
            }
        }
    }
}

/// An answer while it arrives: a hidden file in the inbox, which gets its name only when all of it is durable.
public final class IncomingAnswer: Sendable {
    static let beginning = Array(".answer-".utf8)

    private let folder: OpenFolder
    private let place: Place
    private let descriptor: Int32

    init(in folder: OpenFolder) throws {
        self.folder = folder
        let number = String(UInt64.random(in: .min ... .max), radix: 16)
        place = folder.place(Self.beginning + Array("\(number).part".utf8))
        descriptor = try System.create(place)
    }

    deinit { close(descriptor) }

    /// Appends bytes.
    public func append(_ bytes: [UInt8]) throws {
        try System.writeAll(descriptor, bytes, path: place.path)
    }

    /// How many bytes have arrived.
    public func size() throws -> Int { try System.status(descriptor: descriptor).size }

    /// What has arrived, to be read.
    public func source() throws -> FileSource { try FileSource(place) }

    /// Makes all of it durable and gives it its name, never over another file.
    /// - Returns: whether the name was free; else it stays hidden.
    /// - Throws: a `SystemError`; then it is not known to be on the disk.
    public func publish(as name: String) throws -> Bool {
        try System.sync(descriptor, path: place.path)
        guard try System.renameNoReplace(place, folder.place(Array(name.utf8))) else { return false }
        try System.sync(folder)
        return true
    }

    /// Takes it back.
    public func discard() { try? System.remove(place) }
}
