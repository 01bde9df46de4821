import Converters
import Domain
import DropFolder
import Foundation
import SyncLedger

/// What a prune has to do with the share: which files go, and which are there.
struct PruneShare {
    private let folders: RootFolders
    private let markers: FolderMarkers
    private let ledger: Ledger
    private let settings: Settings
    private var files: PrunedFiles
    /// Files that are taken out of the ledger, and not off the share yet.
    private var going: [LedgerFile] = []
    /// The folders of days that are still to be tidied.
    private var days: [(path: RelativePath, base: PrunedFiles.Base)]?
    /// What is still to go of `inbox/rejected`, and of documents that were collected.
    private var leaving: [(path: RelativePath, base: PrunedFiles.Base)]?

    init(_ folders: RootFolders, _ markers: FolderMarkers, _ ledger: Ledger, _ settings: Settings) {
        self.folders = folders
        self.markers = markers
        self.ledger = ledger
        self.settings = settings
        files = PrunedFiles(folders, markers)
    }

    /// That of a root which this process owns.
    init(_ root: OpenRoot) {
        self.init(root.folders, root.markers, root.ledger, root.configuration.settings)
    }

    /// An outbox; nil where the root has none of that kind.
    private func outbox(_ outbox: LedgerDocument.Outbox) -> Outbox? {
        guard outbox == .review else { return Outbox(folder: folders.outbox(outbox.rawValue), markers: markers) }
        let review = Outbox(folder: folders.review)
        return review.isThere ? review : nil
    }

    /// The places of what belongs to a file: its original where it was filed as processed, and its receipts.
    private static func places(of file: LedgerFile) -> [(path: RelativePath, base: PrunedFiles.Base)] {
        let receipts = [ReceiptPlace.path(file), ReceiptPlace.textPath(file)].map {
            (path: RelativePath($0), base: PrunedFiles.Base.results)
        }
        guard let place = file.filedAs, place.hasPrefix("processed/"),
            let original = PrunedFiles.filed(place, dropped: file.path)
        else { return receipts }
        return [(original, .inbox)] + receipts
    }

    /// What belongs to a file and is there, by its path below the root, with its size.
    mutating func there(of file: LedgerFile) throws -> [(path: [UInt8], size: Int)] {
        try Self.places(of: file).compactMap { place in
            try files.size(place.path, below: place.base).map { size in
                (Array((place.base == .inbox ? "inbox/" : "outbox/results/").utf8) + place.path.bytes, size)
            }
        }
    }

    // MARK: - What is kept

    /// The numbers of the documents that stand in an outbox.
    func standing() throws -> [Int] {
        try LedgerDocument.Outbox.allCases.compactMap(outbox).flatMap { outbox in
            try outbox.publishedNames().compactMap { name in Int(name.prefix { $0.isASCII && $0.isNumber }) }
        }
    }

    /// The numbers of the rejected files whose originals stand where they can be mended, and do not go themselves.
    mutating func rejectedThatStand(_ prune: LedgerPrune) throws -> [Int64] {
        var standing: [Int64] = []
        var last: Int64 = 0
        while true {
            let some = try ledger.read { try $0.rejectedFiles(after: last, before: prune.before, most: 500) }
            guard let end = some.last?.intake else { return standing }
            last = end
            for file in some where try files.isOldReject(RelativePath(file.place), before: prune.moment) == false {
                standing.append(file.intake)
            }
        }
    }

    /// What goes of `inbox/rejected`, by its path below the root, with its size.
    mutating func rejectsThere(_ prune: LedgerPrune, _ books: Books) throws -> [(path: [UInt8], size: Int)] {
        try goingRejects(prune, books).paths.compactMap { path in
            try files.size(path, below: .inbox).map { (Array("inbox/".utf8) + path.bytes, $0) }
        }
    }

    /// What goes of `inbox/rejected`, below the inbox, each problem file behind its file; and what is not known there.
    private func goingRejects(
        _ prune: LedgerPrune, _ books: Books
    ) throws -> (paths: [RelativePath], unknown: [RelativePath]) {
        let old = try files.oldRejects(before: prune.moment)
        guard !old.files.isEmpty || !old.problems.isEmpty || !old.unknown.isEmpty else { return ([], []) }
        let kept = try books.keptRejects()
        let copied = kept.copied.map { RelativePath($0) }
        let going = old.files.filter { path in
            path.isCopyOfRefusedRecords
                ? !copied.contains { path.mayBeCopy(of: $0) } : !kept.originals.contains(path.shown)
        }
        return (going.flatMap { [$0, $0.problemFile] } + old.problems, old.unknown)
    }

    /// The documents that were collected and went, or would.
    func collected(
        _ prune: LedgerPrune, isTaken: Bool, _ books: Books
    ) throws -> [(path: RelativePath, base: PrunedFiles.Base)] {
        var all: [(path: RelativePath, base: PrunedFiles.Base)] = []
        for base in [PrunedFiles.Base.quickbooks, .procore] {
            let folder = RelativePath(".collected")
            let names = try files.names(in: folder, below: base)
            let numbers = names.compactMap {
                Int(String(decoding: $0.prefix { (48...57).contains($0) }, as: UTF8.self))
            }
            guard !numbers.isEmpty else { continue }
            let known = Set(try books.pruned(numbers, prune, isTaken: isTaken).values)
            all += names.filter { known.contains(String(decoding: $0, as: UTF8.self)) }.map {
                (folder.appending($0), base)
            }
        }
        return all
    }

    /// The size of a file below a folder of the root; nil where none is there.
    mutating func size(_ path: RelativePath, _ base: PrunedFiles.Base) throws -> Int? {
        try files.size(path, below: base)
    }

    // MARK: - What goes

    /// Takes a piece of the files out of the ledger, durably, or some of these off the share. What a crash leaves there is
    /// found when the folders are tidied.
    /// - Parameters:
    ///   - known: the prune, and how far it is.
    ///   - most: so many files are looked at in the ledger.
    ///   - confirm: asks whether the root is still this process's.
    /// - Returns: the prune as it stands then.
    mutating func takeFiles(_ known: LedgerPrune, most: Int, confirm: () throws -> Void) throws -> LedgerPrune {
        var prune = known
        if going.isEmpty, let left = prune.going {
            // Those that an earlier process did not get to.
            going = try ledger.read { books in try left.reversed().compactMap { try books.file($0) } }
        }
        if going.isEmpty {
            let piece = try ledger.read { try $0.filesToPrune(after: prune.place, most: most, prune) }
            let files = piece?.files ?? []
            prune.counts.files += files.count
            prune.going = files.isEmpty ? nil : files.map(\.intake)
            prune.follow(piece?.end)
            // One commit that waits for the disk serves for many files.
            try ledger.write { [prune] books in
                try books.pruneFiles(files.map(\.intake))
                try books.setPrune(prune)
            }
            going = files.reversed()
            return prune
        }
        try confirm()
        for _ in 0..<Self.together {
            guard let file = going.popLast() else { break }
            for place in Self.places(of: file) { try remove(place.path, place.base, &prune) }
        }
        prune.going = going.isEmpty ? nil : going.reversed().map(\.intake)
        try ledger.writeLightly { [prune] in try $0.setPrune(prune) }
        return prune
    }

    /// The files of so many are taken off the share in one step.
    private static let together = 100

    /// Takes what was filed of reviews, folders of days that are empty, what was rejected, and documents that were collected
    /// off the share.
    /// - Returns: the prune as it stands then.
    mutating func tidy(_ known: LedgerPrune, most: Int) throws -> LedgerPrune {
        var prune = known
        if prune.place >= 0 {
            let reviews = try ledger.read { try $0.reviewsToPrune(after: prune.place, most: most, prune) }
            for review in reviews { try take(review, &prune) }
            prune.place = reviews.last.map { Int64($0.document) } ?? -1
        } else if prune.place == -1 {
            if days == nil {
                days = try allDays(before: prune.day)
                prune.counts.unknown = .init()
            }
            if let next = days?.popLast() {
                try tidy(next.path, next.base, &prune)
            } else {
                days = nil
                prune.place = -2
            }
        } else {
            try takeLeaving(&prune)
        }
        try ledger.writeLightly { [prune] in try $0.setPrune(prune) }
        return prune
    }

    /// Takes a piece of what goes without a row of its own: of `inbox/rejected` (place -2), then of what was collected (-3).
    private mutating func takeLeaving(_ prune: inout LedgerPrune) throws {
        if leaving == nil {
            let (share, known) = (self, prune)
            if prune.place == -2 {
                let going = try ledger.read { try share.goingRejects(known, $0) }
                for path in going.unknown { stays(path, .inbox, &prune) }
                leaving = going.paths.reversed().map { (path: $0, base: PrunedFiles.Base.inbox) }
            } else {
                leaving = try ledger.read { try share.collected(known, isTaken: true, $0) }
            }
        }
        for _ in 0..<Self.together {
            guard let next = leaving?.popLast() else { break }
            try remove(next.path, next.base, &prune)
        }
        guard leaving?.isEmpty == true else { return }
        leaving = nil
        if prune.place == -2 {
            try files.tidyRejects()
            prune.place = -3
        } else {
            prune.goOn()
        }
    }

    private mutating func take(_ review: LedgerReview, _ prune: inout LedgerPrune) throws {
        guard let verdict = review.verdict, let at = review.at,
            let document = try ledger.read({ try $0.document(review.document) })
        else { return }
        let folder = RelativePath("\(verdict.rawValue)/\(ReviewTime.day(at, settings))")
        for name in [document.name, document.pageName] {
            try remove(folder.appending(Array(name.utf8)), .review, &prune)
        }
    }

    /// Removes a file. One that this process may not remove stays, and is told of.
    /// - Returns: whether it was there and is gone.
    @discardableResult
    private mutating func remove(
        _ path: RelativePath, _ base: PrunedFiles.Base, _ prune: inout LedgerPrune
    ) throws -> Bool {
        do {
            guard let size = try files.remove(path, below: base) else { return false }
            prune.counts.shareFiles += 1
            prune.counts.shareBytes += size
            return true
        } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
            stays(path, base, &prune)
            return false
        }
    }

    private func stays(_ path: RelativePath, _ base: PrunedFiles.Base, _ prune: inout LedgerPrune) {
        prune.counts.unknown.count += 1
        guard prune.counts.unknown.first.count < Self.listed else { return }
        let shown = "\(Self.shown(base))/\(path.shown)"
        if !prune.counts.unknown.first.contains(shown) { prune.counts.unknown.first.append(shown) }
    }

    private func allDays(before day: String) throws -> [(path: RelativePath, base: PrunedFiles.Base)] {
        var all: [(path: RelativePath, base: PrunedFiles.Base)] = []
        for (folder, base) in [("processed", PrunedFiles.Base.inbox), ("", .results)] {
            all += try files.days(in: RelativePath(folder), below: base, before: day).map { ($0, base) }
        }
        guard outbox(.review) != nil else { return all }
        for verdict in ["approved", "rejected", "replaced"] {
            all += try files.days(in: RelativePath(verdict), below: .review, before: day).map { ($0, .review) }
        }
        return all
    }

    /// Removes what a crash left in the folder of a day, and the folder where it is empty then; what is not known is told.
    private mutating func tidy(_ path: RelativePath, _ base: PrunedFiles.Base, _ prune: inout LedgerPrune) throws {
        let left: [RelativePath]
        do {
            left = try files.tidy(path, below: base).files
        } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
            return stays(path, base, &prune)
        }
        guard !left.isEmpty else { return }
        let known =
            base == .inbox
            ? try ledger.read { try $0.filed(on: String(decoding: path.name, as: UTF8.self)) } : [:]
        var removed = 0
        for file in left {
            let (isKnown, isPruned) = try fate(of: file, base, known)
            if isPruned {
                if try remove(file, base, &prune) { removed += 1 }
            } else if !isKnown {
                stays(file, base, &prune)
            }
        }
        if removed == left.count { _ = try files.tidy(path, below: base) }
    }

    /// Whether a file in the folder of a day is one of ours, and one that is to be gone.
    private func fate(
        of file: RelativePath, _ base: PrunedFiles.Base, _ known: [String: (intake: Int, isPruned: Bool)]
    ) throws -> (isKnown: Bool, isPruned: Bool) {
        let name = String(decoding: file.name, as: UTF8.self)
        let number = Int(name.prefix { $0.isASCII && $0.isNumber })
        switch base {
        case .inbox: return known[file.shown].map { (true, $0.isPruned) } ?? (false, false)
        case .results:
            guard let number, name.hasSuffix(".result.json") || name.hasSuffix(".result.txt") else {
                return (false, false)
            }
            return try ledger.read { try $0.hasReceipt(number) }
        case .quickbooks, .procore: return (false, false)
        case .review:
            let document = try number.flatMap { number in try ledger.read { try $0.document(number) } }
            return (document.map { [$0.name, $0.pageName].contains(name) } ?? false, false)
        }
    }

    private static func shown(_ base: PrunedFiles.Base) -> String {
        switch base {
        case .inbox: "inbox"
        case .results: "outbox/results"
        case .review: "outbox/review"
        case .quickbooks: "outbox/quickbooks"
        case .procore: "outbox/procore"
        }
    }

    /// So many unknown files are named.
    private static let listed = 20
}
