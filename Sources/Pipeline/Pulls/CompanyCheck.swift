import Converters
import Domain
import QBXML
import SyncLedger

/// One ledger belongs to one company file: what is open in QuickBooks is asked ahead of the first documents and once a
/// day, and another company than the remembered one stops everything that would go there.
///
/// The answers to Adds and Mods name no company, so what another company answered before it was noticed cannot be told
/// from the right one.
struct CompanyCheck {
    let books: Books

    /// How long an answer is trusted.
    static let trusted: Int64 = 24 * 3_600
    /// How long until it is asked again while another company is open.
    static let halted: Int64 = 3_600

    private static let name = "company file"
    private static let stop = "company stop"
    private static let program = "QuickBooks program"
    private static let versions = "qbXML versions"
    private static let country = "QuickBooks country"
    private static let toldAt = "company told"

    /// Why nothing goes to QuickBooks; nil: it does.
    func halt() throws -> String? { try books.fact(Self.stop) }

    /// The name of the company that the ledger belongs to; nil: none has answered yet.
    func company() throws -> String? { try books.fact(Self.name) }

    /// The program that has the company file open; nil: it has not answered yet.
    func program() throws -> String? { try books.fact(Self.program) }

    /// The country of the program; nil: it has not answered yet.
    func country() throws -> String? { try books.fact(Self.country) }

    /// The qbXML versions that the program speaks; none: it has not answered yet.
    func versions() throws -> [String] {
        try books.fact(Self.versions)?.split(separator: " ").map(String.init) ?? []
    }

    /// Whether it is time to ask what company is open.
    func isDue(now: Int64) throws -> Bool {
        let subject = PullSubject.company.rawValue
        guard try books.openPulls(of: subject).isEmpty else { return false }
        guard let last = try books.lastPull(of: subject) else { return true }
        let isHalted = try halt() != nil
        guard now - last >= (isHalted ? Self.halted : Self.trusted) else { return false }
        // Whoever carries the documents may have been told meanwhile.
        guard !isHalted, let told = try books.fact(Self.toldAt).flatMap({ Int64($0) }) else { return true }
        return now - told >= Self.trusted
    }

    /// The company that this ledger belongs to was told to be open, without having been asked for. It counts only once
    /// QuickBooks has answered what company and what program there is, and while no other company was open meanwhile.
    func told(at now: Int64) throws {
        guard try company() != nil, try !versions().isEmpty, try halt() == nil else { return }
        // Often enough, and seldom enough to cost nothing.
        if let before = try books.fact(Self.toldAt).flatMap({ Int64($0) }), now - before < Self.halted { return }
        try books.setFact(Self.toldAt, String(now))
    }

    /// Takes QuickBooks' answer about itself.
    func take(_ ret: Element, _ context: ProcessingContext) throws {
        switch ret.name {
        case "HostRet":
            try books.setFact(Self.program, ret["ProductName"])
            try books.setFact(Self.country, ret["Country"])
            try books.setFact(
                Self.versions, ret.all("SupportedQBXMLVersion").map(\.text).joined(separator: " "))
            if let finding = try finding(context.settings) { context.receipt.add(finding) }
        case "CompanyRet":
            try take(company: ret["CompanyName"] ?? "", context)
            try context.company.answered()
        default: break
        }
    }

    /// What the program that answered cannot do, as configured; nil: nothing, or it has not answered yet.
    func finding(_ settings: Settings) throws -> Problem? {
        let known = try versions()
        if !known.isEmpty, !known.contains(settings.version.description) {
            return Problem(
                record: try program(), field: "quickbooks.qbxml",
                what: "This QuickBooks does not speak qbXML \(settings.version.description); the highest it speaks is "
                    + "\(known.last ?? "").",
                remedy: "Set quickbooks.qbxml in plumbline.yaml to a version that it speaks, from 13.0 on.")
        }
        if let country = try country(), let edition = Edition(rawValue: country.lowercased()),
            edition != settings.edition
        {
            return Problem(
                record: try program(), field: "quickbooks.edition",
                what: "This QuickBooks is of the edition \(edition.rawValue), and plumbline.yaml says "
                    + "\(settings.edition.rawValue).",
                remedy: "Set quickbooks.edition in plumbline.yaml to \(edition.rawValue).")
        }
        return nil
    }

    private func take(company name: String, _ context: ProcessingContext) throws {
        let expected = try context.settings.companyFile.name ?? company()
        if let expected, QuickBooksText.comparisonKey(expected) != QuickBooksText.comparisonKey(name) {
            let reason =
                "QuickBooks has the company \"\(name)\" open, and this root belongs to \"\(expected)\": nothing goes "
                + "there until the right company answers."
            try books.setFact(Self.stop, reason)
            return context.receipt.add(
                Problem(
                    record: "QuickBooks company \"\(name)\"", what: reason,
                    remedy:
                        "Open the right company file in QuickBooks, and ask again with plumbline pull company. If the "
                        + "company was only renamed, set quickbooks.company in plumbline.yaml to its new name."))
        }
        try books.setFact(Self.name, name)
        if expected == nil {
            context.receipt.add(
                Note(record: "QuickBooks company \"\(name)\"", what: "This root belongs to it from now on."))
        }
        guard try halt() != nil else { return }
        try books.setFact(Self.stop, nil)
        try books.release(waitingFor: .company, file: context.intake, at: context.at)
        context.receipt.add(
            Note(record: "QuickBooks company \"\(name)\"", what: "It is the right one again: what was held goes on."))
    }
}
