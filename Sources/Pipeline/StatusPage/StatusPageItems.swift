import Domain
import DropFolder
import SyncLedger

// Single things as the status page lists them, and messages too.
extension StatusPageReader {
    /// A record that failed.
    mutating func failedItem(_ record: LedgerRecord) throws -> StatusPage.Item {
        var item = try self.item(record, "failed", what: record.reason ?? "")
        item.remedy = record.remedy
        item.who = record.remedy.map { StatusPageWords.who(can: $0) }
        return item
    }

    /// A record that was refused.
    mutating func refusedItem(_ record: TurnedAway) throws -> StatusPage.Item {
        StatusPage.Item(
            record: record.titled, state: "refused", what: record.reason, remedy: record.remedy,
            who: record.remedy.map { StatusPageWords.who(can: $0) }, since: record.since, file: record.fileName,
            owner: try owners.owner(of: record.file, books, root.folders))
    }

    /// A file that was rejected.
    mutating func rejectedItem(_ file: LedgerFile) throws -> StatusPage.Item {
        let told = (file.problemText ?? "").split(separator: "\n").map { $0.drop { $0 == " " } }
        let remedy = told.count > 2 ? String(told[2]) : nil
        return StatusPage.Item(
            record: "file \(file.name)", state: "rejected", what: told.count > 1 ? String(told[1]) : "",
            remedy: remedy, who: remedy.map { StatusPageWords.who(can: $0) }, since: file.received,
            file: file.filedAs.map { "inbox/\($0)" },
            owner: try owners.owner(of: file.intake, books, root.folders))
    }

    /// A document that QuickBooks has not answered.
    func unansweredItem(_ document: OpenDocument) -> StatusPage.Item {
        var item = StatusPage.Item(
            record: Self.words(document), state: "", amount: document.record?.amount, what: "",
            since: document.at.map(WallClock.text))
        item.tell(isCollected: !Outbox(folder: root.folders.outboxQuickBooks).holds(document.name), document.name)
        return item
    }

    /// The root and its company, in words.
    func title() throws -> String {
        let name = try CompanyCheck(books: books).company() ?? root.configuration.settings.companyFile.name
        let folder = root.folders.root.split(separator: "/").last.map(String.init) ?? "/"
        return
            "\(name.map { "\($0), " } ?? "")Procore company \(root.configuration.settings.companyID), folder \(folder)"
    }
}

extension StatusPage.Item {
    /// A file or folder that stands in its own way.
    init(_ fault: WaitingFault, files: Int) {
        self.init(
            record: "file or folder \(fault.object.shown)", state: "cannot be taken", what: fault.what,
            remedy: fault.remedy, who: StatusPageWords.who(can: fault.remedy), since: fault.since,
            file: files > 1 ? "\(files) files" : nil)
    }

    /// Says where a document without an answer is.
    mutating func tell(isCollected: Bool, _ document: String) {
        state = isCollected ? "unanswered" : "to be collected"
        what =
            "\(document) "
            + (isCollected ? "was collected, and has no answer." : "waits in outbox/quickbooks to be collected.")
        who = nil
    }
}
