import Domain
import DropFolder
import Procore
import SyncLedger

/// What is told to people: the receipt of each file as a text beside the one for scripts, and both anew when a record that
/// the file brought met another fate.
///
/// What is to be told is known from the ledger, so that it is told after a crash; a round does a bounded part of it. A text
/// is never more than the ledger says at that moment, so that to write one twice changes nothing.
extension FileProcessor {
    /// So many receipts are told together.
    private static let toldTogether = 64
    /// No further receipt is told together with others once so many records were looked at.
    private static let mostRecords = 20_000
    /// So many events are looked at together.
    private static let mostEvents: Int64 = 4_096

    /// Tells some of what is to be told.
    /// - Returns: whether more is to be told.
    /// - Throws: what the machine says; nothing is taken for told then.
    func tellReceipts() throws -> Bool {
        let hasFates = try root.ledger.readWithoutTransaction { try $0.hasUntoldFates() }
        if hasFates { try root.ledger.writeLightly { try $0.noteFates(most: Self.mostEvents) } }
        let untold = try root.ledger.readWithoutTransaction { try $0.untold(limit: Self.toldTogether) }
        guard !untold.isEmpty else { return hasFates }
        let told = try root.ledger.read { try tell(untold, $0) }
        try root.lock.confirm()
        var unwritten: Set<Int> = []
        for folder in Set(told.texts.map(\.folder)) {
            let texts = told.texts.filter { $0.folder == folder }
            if try !write(texts) { unwritten.formUnion(texts.map(\.intake)) }
        }
        try root.ledger.writeLightly { try $0.markTold(told.intakes, except: unwritten) }
        return true
    }

    /// A file of `outbox/results`.
    private struct Text {
        let intake: Int
        let folder: String
        let path: String
        let bytes: [UInt8]
        /// The file whose receipt stands ahead of the bytes, where that is a long one.
        var ahead: LedgerFile?
    }

    /// Puts together what some receipts say.
    private func tell(_ untold: [Books.Untold], _ books: Books) throws -> (intakes: [Int], texts: [Text]) {
        var told: (intakes: [Int], texts: [Text]) = ([], [])
        var records = 0
        // Files that came together were taken in the same second.
        var moments: [String: String] = [:]
        for each in untold {
            guard records < Self.mostRecords else { break }
            told.intakes.append(each.intake)
            // One that is gone has been taken out of the ledger; one of before does not say what it brought.
            guard let file = try books.file(each.intake), let brought = try books.brought(by: each.intake) else {
                continue
            }
            records += brought.atMost
            let fates = try FileFates(of: file, brought, isChanged: each.isChanged, books)
            let folder = file.places.receipt ?? ""
            if each.isChanged {
                told.texts.append(
                    Text(
                        intake: file.intake, folder: folder, path: ReceiptPlace.path(file),
                        bytes: file.receipt.map(fates.added) ?? fates.addition, ahead: file.receipt == nil ? file : nil)
                )
            }
            let received = moments[file.received] ?? ReceiptLetter.received(file.received, zone)
            moments[file.received] = received
            let receipt = try file.receipt ?? books.receiptWithoutOutputs(file.intake)
            // A receipt that is none was never written by us: nothing can be said of it, and the others go on.
            guard
                let letter = try? ReceiptLetter(file, receipt, fates, isChanged: each.isChanged).text(
                    at: clock.now(), zone: zone, received: received)
            else { continue }
            told.texts.append(
                Text(intake: file.intake, folder: folder, path: ReceiptPlace.textPath(file), bytes: Array(letter.utf8)))
        }
        return told
    }

    /// Writes what belongs into one folder. A folder of an earlier day that somebody moved or closed is told in the log, and
    /// stops nothing.
    /// - Returns: whether they are written.
    private func write(_ texts: [Text]) throws -> Bool {
        do {
            try root.markers.write(
                texts.filter { $0.ahead == nil }.map { ($0.path, $0.bytes) }, into: root.folders.results)
            for text in texts {
                if let file = text.ahead { try writeLongReceipt(of: file, endingIn: text.bytes) }
            }
            return true
        } catch let error as SystemError where !InboxFault.isOfTheMachine(error) {
            try root.journal.event(
                "receipt not told", at: WallClock.text(clock.now()), level: "warning",
                [
                    ("folder", .string("outbox/results/" + (texts.first?.folder ?? ""))),
                    ("what", .string("Receipts for people cannot be written there: \(error).")),
                    (
                        "remedy",
                        .string(
                            "An administrator gives Plumbline's user the right to write there. What is said of these files "
                                + "stands in the sync ledger: plumbline trace.")
                    ),
                ])
            return false
        }
    }
}
