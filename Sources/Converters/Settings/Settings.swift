import Domain
import Foundation
import QBXML

/// What the configuration says to the converters, by subject; every name is that of its key in `plumbline.yaml`, without
/// the subject.
public struct Settings: Sendable {
    /// What is known of the company file in QuickBooks.
    public struct CompanyFile: Sendable, Equatable {
        /// The name that it has in QuickBooks, where it is to be checked against that; nil: the one that answered first.
        public var name: String?
        /// The zone of the QuickBooks machine's clock; nil: not known.
        public var timeZone: TimeZone?
    }

    /// Procore's id of the company.
    public var companyID: String
    /// Tells two roots of one Procore company apart; part of every requestID.
    public var companyKey: String?
    /// The QuickBooks edition.
    public var edition: Edition
    /// The qbXML version that documents are written in.
    public var version: QBXMLVersion
    /// The company file in QuickBooks.
    public var companyFile = CompanyFile()
    /// The accounts that items and documents are posted to.
    public var accounts = Accounts()
    /// What new jobs go under.
    public var jobs = Jobs()
    /// How vendors, jobs and items are matched, named and updated.
    public var lists = Lists()
    /// How orders, bills and payments are written.
    public var documents = Documents()
    /// The statuses in which documents go to QuickBooks.
    public var statuses = Statuses()
    /// What becomes of tax on costs.
    public var tax = Tax()
    /// Whether every field says how it came about, for `convert --explain`.
    public var explains = false

    /// Settings of a company, everything else by default.
    public init(companyID: String) {
        self.companyID = companyID
        edition = .us
        version = .v13
    }
}

extension Settings {
    /// The currency of the books, by edition. Source: QuickBooks Desktop's editions; other currencies need
    /// multi-currency, which is not supported.
    public var homeCurrency: String { edition == .us ? "USD" : "CAD" }

    /// What stands before every id that QuickBooks sees: company, and the root's own key where one is set.
    public var namespace: String {
        companyKey.map { "\(companyID).\($0)" } ?? companyID
    }
}
