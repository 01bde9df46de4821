import Domain
import Glibc

/// A carrier's side of a root's folders: it takes documents out of `outbox/quickbooks` in number order, and drops their
/// answers into `inbox/quickbooks`. Nothing is read or written where a folder's mark is missing.
public struct CarrierFolders: Sendable {
    private let folders: RootFolders
    private let markers: FolderMarkers
    private let waiting = WaitingNames()
    private var held: HeldFolders?

    /// The folders of a root, with the marks by which they are known.
    public init(_ folders: RootFolders, markers: FolderMarkers) {
        self.folders = folders
        self.markers = markers
    }

    /// The same, each opened and looked at once for as long as these are kept: that is for one call, since who keeps a
    /// folder open keeps its share from being unmounted.
    public func keptOpen() -> CarrierFolders {
        var folders = self
        folders.held = HeldFolders()
        return folders
    }

    private func open(folder path: String) throws -> OpenFolder {
        try held?.folder(path, markers.open) ?? markers.open(path)
    }

    private var inbox: String { folders.inbox + "/quickbooks" }

    /// The names of the documents that wait, in number order.
    /// - Throws: a `FolderMarkers.Missing` or a `SystemError`.
    public func documents() throws -> [String] {
        let folder = try open(folder: folders.outboxQuickBooks)
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
        try FileSource(ifThere: open(folder: folders.outboxQuickBooks).place(Array(document.utf8)))
    }

    /// Takes a document out of the outbox: its answer is durable.
    /// - Parameters:
    ///   - document: its name.
    ///   - durably: whether it must not come again after a loss of power.
    public func take(_ document: String, durably: Bool = false) throws {
        let folder = try open(folder: folders.outboxQuickBooks)
        try waiting.remove(document, from: folder)
        if durably { try System.sync(folder) }
    }

    /// Whether a file of this name stands in the inbox and has not been read yet.
    public func holds(_ name: String) throws -> Bool {
        try System.status(open(folder: inbox).place(Array(name.utf8))) != nil
    }

    /// A file of this name in the inbox, to be read; nil: it is not there.
    public func answer(_ name: String) throws -> FileSource? {
        try FileSource(ifThere: open(folder: inbox).place(Array(name.utf8)))
    }

    // MARK: - Pages

    private static let page = "page-"

    /// The hidden name of a page in the inbox, until the last one comes.
    public static func pageName(_ number: Int64) -> String { ".\(page)\(number).part" }

    /// Removes pages.
    /// - Parameter numbers: theirs; nil: all.
    public func removePages(_ numbers: [Int64]? = nil) throws {
        let folder = try open(folder: inbox)
        guard let numbers else {
            for name in try System.names(in: folder) where name.starts(with: ".\(Self.page)".utf8) {
                try System.remove(folder.place(name))
            }
            return
        }
        for number in numbers { try System.remove(folder.place(Array(Self.pageName(number).utf8))) }
    }

    /// An answer begins to arrive. A small one is written to the inbox when all of it is there.
    public func beginAnswer() -> IncomingAnswer {
        IncomingAnswer { try open(folder: inbox) }
    }

    /// Removes what arrived in part and will not be finished: that has not been written to for some seconds.
    public func removeAbandoned(olderThan seconds: Int64, now: Int64) throws {
        let folder = try open(folder: inbox)
        for name in try System.names(in: folder) where name.starts(with: IncomingAnswer.beginning) {
            let place = folder.place(name)
            if let status = try System.status(place), status.modified / 1_000_000_000 < now - seconds {
                try System.remove(place)
            }
        }
    }
}
